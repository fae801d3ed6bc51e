// The one table of who may import whom: a line may import the lines above it, never its neighbours, never below.
// The console (web/) stands beside them all: it imports only the client, as .dependency-cruiser.js says.
// Read by .dependency-cruiser.js (the check) and by ARCHITECTURE.md (the picture).
export const layers = [
  ["base"],
  ["iceberg", "objects", "engine", "db", "client"],
  ["jobs", "identity", "audit"],
  ["governance"],
  ["catalog"],
  ["stewardship"],
  ["writer"],
  ["sync", "query"],
  ["ingest", "maintenance", "sharing"],
  ["connectors", "pipelines", "dropzones"],
  ["operations"],
  ["doors"],
  ["server"],
  ["cli"],
];

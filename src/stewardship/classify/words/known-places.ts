/** Data only: towns that are also names, or that many tables mention. */
export const knownPlaces: ReadonlySet<string> = new Set(
  `paris london berlin madrid rome roma vienna wien munich munchen hamburg koln cologne frankfurt stuttgart dresden leipzig dusseldorf
  dortmund essen bremen hannover nurnberg zurich geneva geneve basel bern lyon marseille toulouse nice nantes strasbourg bordeaux lille
  rennes barcelona valencia sevilla zaragoza malaga bilbao milano milan napoli torino palermo genova bologna firenze florence venezia
  bucuresti bucharest cluj timisoara iasi brasov constanta sibiu oradea warszawa warsaw krakow lodz wroclaw poznan gdansk szczecin
  amsterdam rotterdam utrecht eindhoven groningen antwerpen gent brussels brussel bruxelles stockholm goteborg malmo uppsala oslo
  bergen trondheim kobenhavn copenhagen aarhus odense helsinki espoo tampere turku praha prague brno ostrava plzen budapest debrecen
  szeged zagreb split rijeka beograd belgrade sofia plovdiv varna istanbul ankara izmir bursa antalya athens lisbon lisboa porto
  braga coimbra dublin cork galway limerick manchester birmingham leeds liverpool bristol glasgow edinburgh sheffield cardiff belfast
  boston chicago houston phoenix dallas austin denver seattle detroit portland memphis atlanta miami oakland cleveland tulsa tampa
  charlotte madison jackson lincoln lexington richmond sydney melbourne brisbane perth toronto montreal vancouver ottawa calgary
  moscow kyiv kiev lviv tokyo osaka kyoto beijing shanghai delhi mumbai bangalore chennai cairo lagos nairobi johannesburg`
    .split(/\s+/)
    .filter((place) => place !== ""),
);

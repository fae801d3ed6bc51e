/** The engine process that runs Headgate's own statements. */
import { serveEngine } from "./serve-engine.ts";

serveEngine();

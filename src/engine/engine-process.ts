/** The process of an engine that runs the statements of Headgate itself. */
import { serveEngine } from "./serve-engine.ts";

serveEngine();

/** The engine process that reads, checks and runs people's statements. */
import { serveEngine, type Ask } from "../engine/serve-engine.ts";
import { serializeStatement, type SerializeSql } from "./gate.ts";
import { placeText, readMentions, type StatementText } from "./statement-text.ts";

serveEngine({
  mentions: (sql: string, ask: Ask) => readMentions(sql, serializer(ask)),
  place: (text: StatementText, ask: Ask) => placeText(text, serializer(ask)),
});

function serializer(ask: Ask): SerializeSql {
  return async (sql) => {
    const [row] = await ask(serializeStatement, [sql]);
    return String(row?.[0]);
  };
}

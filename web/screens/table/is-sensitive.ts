/** Whether what people said of a table or a column marks it as personal data, for showing only; the server decides by its own rules. */

export function isSensitive(parameters: Readonly<Record<string, string>>): boolean {
  return /^(true|yes|y|1|t)$/i.test(parameters["pii_flag"]?.trim() ?? "");
}

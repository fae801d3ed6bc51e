/** Whether the values of a type, as DuckDB writes it, are numbers. */

export function isNumberType(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(\d+,\d+\)|DOUBLE|FLOAT)$/.test(type);
}

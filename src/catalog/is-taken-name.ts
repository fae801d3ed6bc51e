/** Whether the metadata database refused a name because it means a table or a view already. */
export function isTakenName(failure: unknown): boolean {
  if (typeof failure !== "object" || failure === null || !("code" in failure) || !("constraint" in failure))
    return false;
  return failure.code === "23505" && (failure.constraint === "relation_names" || failure.constraint === names);
}

/** The constraint of migrations/0064_views.sql. */
const names = "views_database_id_name_key";

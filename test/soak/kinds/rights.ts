/**
 * A user loses the right to read a table, some of its columns or some of its rows: the table is reported as failed and
 * stays as it was.
 */
import { door, type Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

const user = "soak_narrow";
const password = "soak: narrow";
const tables = ["right_a", "right_b", "right_c"];

export async function openRights(soak: Soak, side: Side): Promise<PreparedKind> {
  const { server, dialect, doors } = side;
  const forbidden = new Set<string>();
  await server.execute([
    dialect === "postgres"
      ? `create role ${user} login password '${password}'`
      : `create user ${user} identified by '${password}'`,
    ...tables.flatMap((name) => [
      `create table ${name} (id int primary key, v varchar(40))`,
      `insert into ${name} values (1, 'one'), (2, 'two'), (3, 'three')`,
      `grant select on ${name} to ${user}`,
    ]),
    ...(dialect === "postgres" ? [] : [`grant binlog monitor on *.* to ${user}`]),
  ]);
  const sees = ({ name }: { readonly name: string }): boolean => tables.includes(name);
  doors.push(door(side, { name: `narrow_${dialect}`, user, password, sees, forbidden, include: ["right_*"] }));
  let taken: Taken | undefined;
  return {
    async change() {
      const table = soak.random.pick(tables);
      await server.execute([`update ${table} set v = 'round ${soak.totals.rounds}' where id = 2`]);
      if (taken !== undefined) {
        await server.execute(taken.giveBack);
        forbidden.clear();
        taken = undefined;
        return;
      }
      taken = soak.random.pick(losses[dialect])(table);
      await server.execute(taken.take);
      forbidden.add(table);
    },
  };
}

interface Taken {
  readonly take: readonly string[];
  readonly giveBack: readonly string[];
}

type Loss = (table: string) => Taken;

const whole: Loss = (table) => ({
  take: [`revoke select on ${table} from ${user}`],
  giveBack: [`grant select on ${table} to ${user}`],
});

const someColumns: Loss = (table) => ({
  take: [`revoke select on ${table} from ${user}`, `grant select (id) on ${table} to ${user}`],
  giveBack: [`revoke select (id) on ${table} from ${user}`, `grant select on ${table} to ${user}`],
});

const someRows: Loss = (table) => ({
  take: [`alter table ${table} enable row level security`, `create policy few on ${table} using (id < 3)`],
  giveBack: [`drop policy few on ${table}`, `alter table ${table} disable row level security`],
});

const losses = { postgres: [whole, someColumns, someRows], mariadb: [whole, someColumns] };

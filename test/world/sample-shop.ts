/**
 * The sample database of the demo and the journeys: a small shop with every situation worth showing: simple keys,
 * personal data, a table whose name begins with another's, and a table that holds duplicate rows and has neither a key
 * nor an "updated at" column.
 */

export type Dialect = "postgres" | "mariadb";

export interface SampleShop {
  /** Statements that create and fill the shop, in order. */
  readonly create: readonly string[];
  /** Statements of a day's work: inserts, an update, deletes, a new column, a new table. */
  readonly change: readonly string[];
}

export const orderCount = 120_000;
const customerCount = 5_000;
const productCount = 400;
const storeCount = 25;
const visitCount = 3_000;

/** The same shop in the dialect of either database. */
export function sampleShop(dialect: Dialect): SampleShop {
  const { series, moment, identity, modulo, text, quote } = dialects[dialect];
  const create = [
    `create table product (id int primary key, sku varchar(20) not null, name varchar(80) not null, list_price decimal(10,2) not null, weight_kg ${dialect === "postgres" ? "double precision" : "double"}, discontinued boolean not null)`,
    `insert into product select n, concat('SKU-', ${text("100000 + n")}), concat('Product ', ${text("n")}), 5 + ${modulo("n * 37", 2000)} / 10.0, ${modulo("n * 13", 900)} / 7.0, ${modulo("n", 29)} = 0 from ${series(productCount)}`,
    `create table store (id int primary key, name varchar(80) not null, address varchar(120), city varchar(60) not null, opened date not null)`,
    `insert into store select n, concat('Store ', ${text("n")}), case when ${modulo("n", 5)} = 0 then null else concat(${text("n")}, ' Main Street') end, concat('City ', ${text(modulo("n", 7))}), ${quote("2015-01-01")} + interval ${dialect === "postgres" ? "'1 day' * (n * 40)" : "n * 40 day"} from ${series(storeCount)}`,
    `create table customer (id int primary key, name varchar(80) not null, email varchar(120) not null, phone varchar(30), born date, created_at ${moment} not null, country varchar(2) not null)`,
    `insert into customer select n, concat('Customer ', ${text("n")}), concat('customer', ${text("n")}, '@example.org'), case when ${modulo("n", 3)} = 0 then null else concat('+40 7', ${text("10000000 + n * 97")}) end, ${quote("1950-01-01")} + interval ${dialect === "postgres" ? "'1 day' * (n * 5)" : "n * 5 day"}, ${at(dialect, "n * 61")}, case ${modulo("n", 3)} when 0 then 'DE' when 1 then 'FR' else 'RO' end from ${series(customerCount)}`,
    `create table customer_address (customer_id int not null, kind varchar(10) not null, street varchar(120) not null, city varchar(60) not null, primary key (customer_id, kind))`,
    `insert into customer_address select n, 'home', concat(${text("n")}, ' Linden Road'), concat('City ', ${text(modulo("n", 40))}) from ${series(customerCount)}`,
    `insert into customer_address select n, 'work', concat(${text("n")}, ' Market Square'), concat('City ', ${text(modulo("n", 11))}) from ${series(customerCount / 2)}`,
    `create table productorder (id ${identity}, customer_id int not null, product_id int not null, store_id int not null, quantity smallint not null, sold_price decimal(12,2) not null, note varchar(200), ordered_at ${moment} not null)`,
    `insert into productorder (id, customer_id, product_id, store_id, quantity, sold_price, note, ordered_at) select n, 1 + ${modulo("n * 7919", customerCount)}, 1 + ${modulo("n * 31", productCount)}, 1 + ${modulo("n * 17", storeCount)}, 1 + ${modulo("n", 9)}, (1 + ${modulo("n", 9)}) * (5 + ${modulo("n * 1147", 2000)} / 10.0), case when ${modulo("n", 4)} = 0 then null else concat('delivered by courier ', ${text(modulo("n", 97))}) end, ${at(dialect, "n * 29")} from ${series(orderCount)}`,
    `create table shop_visit (visitor varchar(40) not null, page varchar(40) not null, seconds int)`,
    `insert into shop_visit select concat('visitor ', ${text(modulo("n", 200))}), concat('/page/', ${text(modulo("n", 12))}), case when ${modulo("n", 10)} = 0 then null else ${modulo("n", 60)} end from ${series(visitCount)}`,
  ];
  const change = [
    `insert into productorder (id, customer_id, product_id, store_id, quantity, sold_price, note, ordered_at) select ${orderCount} + n, 1 + ${modulo("n * 11", customerCount)}, 1 + ${modulo("n * 3", productCount)}, 1 + ${modulo("n", storeCount)}, 2, 19.90, 'ordered today', ${at(dialect, "4000000 + n")} from ${series(500)}`,
    `update productorder set sold_price = sold_price * 0.9, note = 'discount granted' where customer_id = 42`,
    `delete from productorder where id between 1000 and 1099`,
    `alter table product add column eco_label varchar(10)`,
    `update product set eco_label = 'A+' where id <= 20`,
    `insert into shop_visit select visitor, page, seconds from shop_visit where visitor = 'visitor 7'`,
    `create table voucher (code varchar(20) primary key, percent int not null, valid_until date)`,
    `insert into voucher select concat('HELLO', ${text("n")}), 5 * n, ${quote("2030-01-01")} from ${series(6)}`,
  ];
  return { create, change };
}

const dialects = {
  postgres: {
    series: (count: number) => `generate_series(1, ${count}) as s(n)`,
    moment: "timestamp(6)",
    identity: "bigint primary key",
    modulo: (value: string, by: number) => `((${value}) % ${by})`,
    text: (value: string) => `(${value})::text`,
    quote: (date: string) => `date '${date}'`,
  },
  mariadb: {
    series: (count: number) => `(select seq as n from seq_1_to_${count}) s`,
    moment: "datetime(6)",
    identity: "bigint unsigned primary key",
    modulo: (value: string, by: number) => `((${value}) % ${by})`,
    text: (value: string) => `cast(${value} as char)`,
    quote: (date: string) => `cast('${date}' as date)`,
  },
} as const;

function at(dialect: Dialect, seconds: string): string {
  if (dialect === "postgres") return `timestamp '2026-01-01 08:00:00.000001' + interval '1 second' * (${seconds})`;
  return `cast('2026-01-01 08:00:00.000001' as datetime(6)) + interval (${seconds}) second`;
}

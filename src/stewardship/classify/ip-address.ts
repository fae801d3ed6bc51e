/** Addresses of the internet protocol. Version numbers look like them, and addresses of a company's own machines are not personal. */
import { wordList } from "./words/word-list.ts";
import { isIPv4, isIPv6 } from "node:net";
import { isAbout } from "./words/about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { hasWord, wordsIn } from "./name-pieces.ts";

const nameWordsOfIp = wordList(
  `ip ipaddress ipaddr ipv clientip remoteip remoteaddr remoteaddress userip ipadresse adresseip direccionip indirizzoip adresaip
  adresip sourceip srcip lastip loginip ipadres srcaddr sourceaddr sourceaddress clientaddr clientaddress peeraddr forwardedfor
  xforwardedfor realip originip useraddr dstaddr enderecoip iposoite ipcim ipadresi`,
);
const versionWords = [
  "version",
  "versions",
  "ver",
  "release",
  "build",
  "firmware",
  "fw",
  "sw",
  "software",
  "patch",
  "oid",
];
const machineWords = wordList(
  `server host node gateway router switch subnet network netmask mask broadcast dns interface vlan printer device cluster machine
  bind listen appliance sensor till pos terminal kiosk camera modem proxy instance endpoint gw fw vm pod container controller`,
);

/** Private addresses are those of people only if the name says that somebody came from there. */
const visitorWords = wordList(
  `client remote user src source peer visitor login last forwarded from caller session real origin actor member customer employee
  ipaddress ipaddr`,
);

export function ipAddress({ kind, values, name, table }: ColumnFacts): Opinion | undefined {
  if (kind !== "text" || hasWord(name, versionWords)) return undefined;
  const words = wordsIn(name, nameWordsOfIp);
  if (values.length === 0) return words.length > 0 && !isAbout(name) ? { confidence: 0.6, name: words } : undefined;
  const first = values.map((value) => value.split(/[,;] */)[0] ?? "");
  const addresses = rateOf(first, isAddress);
  if (addresses < 0.6) return undefined;
  const own = rateOf(first, isPrivate);
  const wide = rateOf(first, isUnlikeVersion);
  const rates = { "IP addresses": addresses, "private addresses": own, "unlike a version number": wide };
  const isOfMachine = hasWord(name, machineWords) || hasWord(table, machineWords);
  if (own >= 0.9 && (isOfMachine || !hasWord(name, visitorWords))) return undefined;
  if (words.length > 0 && (wide >= 0.2 || own >= 0.5)) return { confidence: 0.97, name: words, rates };
  return wide >= 0.6 ? { confidence: 0.9, name: words, rates } : undefined;
}

/** With or without the length of a network, as PostgreSQL writes it. */
function isAddress(text: string): boolean {
  const bare = bareAddress(text);
  return isIPv4(bare) || (isIPv6(bare) && bare.length > 3);
}

function bareAddress(text: string): string {
  const withoutPort = text
    .replace(/^((?:\d{1,3}\.){3}\d{1,3}):\d{1,5}$/, "$1")
    .replace(/^\[([\da-f:.]+)\](?::\d{1,5})?$/i, "$1");
  return withoutPort.replace(/\/(?:32|128)$/, "").replace(/^::ffff:/i, "");
}

function isPrivate(text: string): boolean {
  return /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|f[cd]|fe80)/i.test(bareAddress(text));
}

/** Parts of version numbers are small, and the first of them is smaller still. */
function isUnlikeVersion(text: string): boolean {
  const bare = bareAddress(text);
  if (!isIPv4(bare)) return isIPv6(bare);
  const parts = bare.split(".").map(Number);
  return (parts[0] ?? 0) >= 24 || parts.filter((part) => part >= 100).length >= 2;
}

const wanted = /(?<![\w./-])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/;

/** An address within a text. */
export function hasPublicAddress(text: string): boolean {
  const found = wanted.exec(text)?.[0];
  return found !== undefined && isIPv4(found) && isUnlikeVersion(found) && !isPrivate(found);
}

/** Home of somebody who reads and does not run the lake: three ways to begin, where an operator sees how fresh it is. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Tile } from "../../parts/badge.tsx";

const ways = [
  {
    title: "Look into a table",
    text: "Filter, group and draw it without writing SQL.",
    to: "/explore",
    act: "Explore",
    icon: "explore",
  },
  {
    title: "Write a statement",
    text: "SQL over every table that you can read.",
    to: "/worksheet",
    act: "Open the worksheet",
    icon: "sql",
  },
  {
    title: "Find other data",
    text: "Ask for a table that you cannot read yet. You see who decides.",
    to: "/sharing/ask",
    act: "Ask for data",
    icon: "share",
  },
] as const;

export function NextSteps(): ReactNode {
  return (
    <section className="card" aria-labelledby="next-steps">
      <div className="card-head">
        <h2 id="next-steps">Begin here</h2>
      </div>
      <ul className="list">
        {ways.map(({ title, text, to, act, icon }) => (
          <li key={title} className="step">
            <Tile icon={icon} tone="busy" />
            <div className="grow">
              <b>{title}</b>
              <p className="small dim">{text}</p>
            </div>
            <Button component={Link} to={to} variant="default">
              {act}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A state in one word with its icon, and the small parts that stand for people and kinds of things. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import { hueOf, initials } from "./names.ts";

export type Tone = "ok" | "warn" | "bad" | "busy" | "info" | "pii" | "proposed" | "plain";

interface BadgeProps {
  readonly tone: Tone;
  readonly icon?: IconName;
  readonly children: ReactNode;
}

export function Badge({ tone, icon, children }: BadgeProps): ReactNode {
  return (
    <span className={`badge ${tone}`}>
      {icon === undefined ? undefined : <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}

export function Tile({ icon, tone = "plain" }: { readonly icon: IconName; readonly tone?: Tone }): ReactNode {
  return (
    <span className={`tile ${tone}`}>
      <Icon name={icon} />
    </span>
  );
}

export function Avatar({ name, square = false }: { readonly name: string; readonly square?: boolean }): ReactNode {
  return (
    <span className={`avatar hue${hueOf(name)} ${square ? "square" : ""}`} aria-hidden="true">
      {square ? initials(name).slice(0, 1) : initials(name)}
    </span>
  );
}

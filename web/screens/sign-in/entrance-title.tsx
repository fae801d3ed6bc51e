/** The title of each step on the way in, and what somebody has proved up to it. */
import { useEffect, type ReactNode } from "react";
import type { Me } from "../../api/me.ts";

/** The proof that somebody has given so far. The password is needed again for the steps after it, and is kept nowhere else. */
export interface Arrived {
  readonly me: Me;
  readonly password: string;
}

export function EntranceTitle({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactNode {
  useEffect(() => {
    document.title = `${title} · Headgate`;
  }, [title]);
  return (
    <>
      <h1>{title}</h1>
      <p className="text2 entrance-lead">{children}</p>
    </>
  );
}

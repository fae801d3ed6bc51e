/** Light or dark, chosen by the person and kept on the device; before that, what the device says. */
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon } from "../parts/icon.tsx";

export function SchemeChoice(): ReactNode {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  return (
    <fieldset className="scheme">
      <legend className="unseen">Colours</legend>
      {(["light", "dark"] as const).map((choice) => (
        <label key={choice} title={choice === "light" ? "Light" : "Dark"}>
          <input type="radio" name="scheme" checked={scheme === choice} onChange={() => setColorScheme(choice)} />
          <span className="unseen">{choice === "light" ? "Light" : "Dark"}</span>
          <Icon name={choice} size={14} />
        </label>
      ))}
    </fieldset>
  );
}

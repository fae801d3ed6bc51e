/** The picture beside the sign-in form: streams that pass a gate. Drawn from a rule; it carries no fact. */
import type { ReactNode } from "react";

const streams = 15;
const colours = ["c1", "c1", "c4", "c1", "c2"];

export function GateArt(): ReactNode {
  return (
    <div className="entrance-art" aria-hidden="true">
      <svg viewBox="0 0 720 900" preserveAspectRatio="xMidYMid slice">
        <g fill="none" strokeWidth="2.4" opacity=".62">
          {Array.from({ length: streams }, (_, place) => (
            <path key={place} d={courseOf(place)} className={`stroke-${colours[place % colours.length]}`} />
          ))}
        </g>
        <g className="gate">
          <rect x="352" y="-20" width="12" height="326" rx="3" />
          <rect x="352" y="594" width="12" height="340" rx="3" />
          <rect x="336" y="300" width="44" height="12" rx="4" />
          <rect x="336" y="588" width="44" height="12" rx="4" />
        </g>
      </svg>
    </div>
  );
}

/** Wide apart at both sides, close together between the two leaves of the gate. */
function courseOf(place: number): string {
  const [from, through, to] = [46 + 63 * place + 26 * Math.sin(place * 2.4), 331 + 17 * place, 86 + 52 * place];
  const bend = from + 52 * Math.cos(place * 1.7);
  return `M-40 ${from} C 110 ${bend}, 210 ${through}, 330 ${through} L 392 ${through} C 500 ${through}, 560 ${to}, 800 ${to}`;
}

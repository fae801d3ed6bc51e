/** Headgate's mark: a gate over water. */
import type { ReactNode } from "react";

export function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="#0b737a" />
      <path d="M5.5 5.5h13M8 5.5V14M16 5.5V14" stroke="#fff" strokeWidth="1.7" strokeLinecap="round" fill="none" />
      <rect x="9.6" y="7.2" width="4.8" height="5" rx=".8" fill="#fff" />
      <path
        d="M5 17.2c1.75-1.5 3.5-1.5 5.25 0s3.5 1.5 5.25 0c1.2-1 2.4-1.3 3.5-.9"
        stroke="#9fe0dc"
        strokeWidth="1.7"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}

/** The states of a part that waits for the server: nothing for 300 ms, then its shape, then what came or why it did not. */
import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { FailureNote } from "./failure-note.tsx";

interface LoadedProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  /** How many lines the part has, roughly. */
  readonly lines?: number;
  readonly children: (answer: Answer) => ReactNode;
}

export function Loaded<Answer>({ query, lines = 4, children }: LoadedProps<Answer>): ReactNode {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error !== null) return <FailureNote failure={error} onRetry={() => void refetch()} />;
  return <Shape lines={lines} />;
}

export function Shape({ lines }: { readonly lines: number }): ReactNode {
  const isLate = useLate(300);
  return (
    <div className="shape" role="status" aria-label="Loading" data-late={isLate}>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={18} width={`${90 - ((line * 17) % 40)}%`} animate={isLate} />
      ))}
    </div>
  );
}

function useLate(milliseconds: number): boolean {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return isLate;
}

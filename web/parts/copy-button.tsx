/** Copies a text, and says so in words for two seconds. */
import { Button } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { Icon } from "./icon.tsx";

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  /** Shows only the icon; the label is its name. */
  readonly isBare?: boolean;
}

export function CopyButton({ text, label, isBare = false }: CopyButtonProps): ReactNode {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (): void => void copyText(text).then(() => setIsCopied(true));
  if (isBare)
    return (
      <button type="button" className="bare" aria-label={isCopied ? "Copied" : label} title={label} onClick={copy}>
        <Icon name={isCopied ? "check" : "copy"} size={16} />
      </button>
    );
  return (
    <Button size="compact-sm" variant="subtle" leftSection={<Icon name="copy" size={16} />} onClick={copy}>
      <span aria-live="polite">{isCopied ? "Copied" : label}</span>
    </Button>
  );
}

/** Browsers give the clipboard only to pages that came over TLS or from this machine. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

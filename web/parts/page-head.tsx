/** The head of a page: its path, the name of the object, badges, one filled action; and the title of the document. */
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, type ReactNode } from "react";
import { Icon } from "./icon.tsx";
import { shownName } from "./names.ts";

interface PageHeadProps {
  readonly title: string;
  /** For the document's title, if the heading alone would not tell. */
  readonly documentTitle?: string;
  readonly path?: ReactNode;
  readonly badges?: ReactNode;
  readonly actions?: ReactNode;
  readonly isName?: boolean;
  readonly children?: ReactNode;
}

export function PageHead(props: PageHeadProps): ReactNode {
  const { title, documentTitle = title, path, badges, actions, isName = false, children } = props;
  return (
    <header className="page-head">
      {path}
      <div className="page-title">
        <PageTitle title={documentTitle} className={isName ? "mono name" : ""}>
          {isName ? shownName(title) : title}
        </PageTitle>
        {badges}
      </div>
      {actions === undefined ? undefined : <div className="page-actions">{actions}</div>}
      {children}
    </header>
  );
}

interface PageTitleProps {
  readonly title: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** The heading gets the focus on a change of page, so that a screen reader says where one is. */
export function PageTitle({ title, className, children }: PageTitleProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === "Headgate" ? title : `${shownName(title)} · Headgate`;
    if (document.activeElement === document.body || document.activeElement?.tagName === "A") heading.current?.focus();
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      <bdi>{children}</bdi>
    </h1>
  );
}

interface PathProps {
  readonly steps: readonly { readonly text: string; readonly to: string; readonly isName?: boolean }[];
}

export function Path({ steps }: PathProps): ReactNode {
  return (
    <nav className="path" aria-label="Path">
      {steps.map(({ text, to, isName = false }, place) => (
        <span key={to} className="row">
          {place === 0 ? undefined : <Icon name="next" size={14} />}
          <Link to={to}>{isName ? <code>{shownName(text)}</code> : text}</Link>
        </span>
      ))}
    </nav>
  );
}

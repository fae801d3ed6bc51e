/** The grants by which somebody reads a thing, each as a branch: through which groups, on what, which rows and masks, until when. */
import type { ReactNode } from "react";
import type { AccessExplainAnswer, WayOfAccess } from "../../../src/client/api-client.ts";
import { Badge } from "../../parts/badge.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { maskWords } from "../table/own-right.ts";

export function WayTree({
  answer: { principal, account, actions },
}: {
  readonly answer: AccessExplainAnswer;
}): ReactNode {
  const read = actions.find(({ action }) => action === "read");
  const ways = read?.ways ?? [];
  return (
    <ul className="tree card">
      <li>
        <Branch
          icon="user"
          title={<b>{principal}</b>}
          facts={account === null ? "acts in no account" : `acts in ${account}`}
        />
        {ways.length === 0 ? (
          <ul>
            <li>
              <Branch icon="minus" isOff title="No grant lets them read it" facts={read?.because ?? ""} />
            </li>
          </ul>
        ) : (
          <ul>
            {ways.map((way) => (
              <li key={way.grant}>
                <Way way={way} />
              </li>
            ))}
          </ul>
        )}
      </li>
    </ul>
  );
}

function Way({ way }: { readonly way: WayOfAccess }): ReactNode {
  const { permissions, on, to, through, until, broken, origin, passedOnBy, share } = way;
  return (
    <>
      <Branch
        icon={through.length > 0 ? "group" : "key"}
        title={
          <>
            {permissions.join(", ")} on <code>{on}</code>, granted to <b>{to}</b>
          </>
        }
        facts={
          <>
            {through.length === 0 ? "" : `through ${through.join(", ")}, `}
            {origin === null ? "" : `declared in ${origin}, `}
            {passedOnBy === null ? "" : `passed on by ${passedOnBy}, `}
            {share === null ? "" : "from a share, "}
            {until === null ? (
              "no end"
            ) : (
              <>
                until <Moment at={until} />
              </>
            )}
          </>
        }
        badge={
          broken === undefined ? (
            <Badge tone="ok" icon="check">
              Counts
            </Badge>
          ) : (
            <Badge tone="plain">Gives no rows</Badge>
          )
        }
      />
      <Limits way={way} />
    </>
  );
}

/** The rows and masks to which a grant is narrowed. */
function Limits({ way: { filter, rows, masks, broken } }: { readonly way: WayOfAccess }): ReactNode {
  if (filter === null && rows === null && masks.length === 0) return undefined;
  return (
    <ul>
      {filter === null ? undefined : (
        <li>
          <Branch
            icon="filter"
            title={
              <>
                Data filter <b>{filter}</b>
              </>
            }
            facts={broken ?? "limits what the grant shows"}
          />
        </li>
      )}
      {rows === null ? undefined : (
        <li>
          <Branch
            icon="list"
            isPersonal
            title={
              <>
                Rows: <code>{rows}</code>
              </>
            }
            facts="only these"
          />
        </li>
      )}
      {masks.map(({ column, mask }) => (
        <li key={column}>
          <Branch
            icon="masked"
            isPersonal
            title={
              <>
                <code>{column}</code> becomes {maskWords(mask)}
              </>
            }
            facts="in every answer"
          />
        </li>
      ))}
    </ul>
  );
}

interface BranchProps {
  readonly icon: IconName;
  readonly title: ReactNode;
  readonly facts: ReactNode;
  readonly badge?: ReactNode;
  readonly isPersonal?: boolean;
  readonly isOff?: boolean;
}

function Branch({ icon, title, facts, badge, isPersonal = false, isOff = false }: BranchProps): ReactNode {
  return (
    <div className="branch">
      <span className={`branch-icon ${isPersonal ? "pii" : isOff ? "off" : ""}`}>
        <Icon name={icon} size={16} />
      </span>
      <div className="grow wrap-anywhere">
        <div>{title}</div>
        <div className="small dim">{facts}</div>
      </div>
      {badge}
    </div>
  );
}

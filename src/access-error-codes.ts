/** The errors of grants and data filters. They are part of the table in errors.ts, which explains its members. */
import type { ErrorEntry } from "./error-entry.ts";

export const accessErrorCodes = {
  /** No database of the lake has this name, or the caller may not know that it exists. */
  DATABASE_NOT_FOUND: {
    title: "there is no such database",
    remedy: "see `headgate database list` for the names of all databases",
    status: 404,
  },
  /**
   * The scheduled examination of the rules of access has found rules that do not hold: somebody could learn what a rule
   * hides, or could not read what it shows.
   */
  RULES_BROKEN: {
    title: "rules of access do not hold",
    remedy: "keep people out, and run `headgate doctor governance` to see which ways are open",
    status: 500,
  },
  /** There is no share of this id, or the caller neither gives nor receives it. */
  SHARE_NOT_FOUND: {
    title: "there is no such share",
    remedy: "see `headgate share list` for the shares that you give and receive",
    status: 404,
  },
  /** The share is in a state in which this cannot be done with it: a revoked one cannot be accepted, for example. */
  SHARE_STATE: {
    title: "this cannot be done with the share now",
    remedy: "see `headgate share show <share>` for its state",
    status: 409,
  },
  /** Nobody keeps a query of this id in the account, or it is not shared with the caller. */
  QUERY_NOT_FOUND: {
    title: "there is no such query",
    remedy: "see `headgate query list` for your queries and those that are shared with you",
    status: 404,
  },
  /** Nobody keeps a board of this id in the account, or it is not shared with the caller. */
  BOARD_NOT_FOUND: {
    title: "there is no such board",
    remedy: "see `headgate board list` for your boards and those that are shared with you",
    status: 404,
  },
  /** The result has more rows or text than a file of this format can hold. */
  RESULT_TOO_LARGE: {
    title: "the result does not fit into a file of this format",
    remedy: "ask for fewer rows, or download it as Parquet or CSV",
    status: 400,
  },
  /** The glossary of the account has no term of this name. */
  TERM_NOT_FOUND: {
    title: "there is no such term",
    remedy: "see `headgate term list` for the glossary",
    status: 404,
  },
  /** The table has no column of this name, or the caller may not know of it. */
  COLUMN_NOT_FOUND: {
    title: "there is no such column",
    remedy: "see `headgate table show <table>` for the columns of the table",
    status: 404,
  },
  /**
   * Somebody has changed what is said of a database or a table since the document was exported. Nothing of the document
   * was imported.
   */
  DESCRIPTION_CHANGED: {
    title: "what is said of it has changed since the document was exported",
    remedy: "export it again with `headgate describe export`, and make the changes there",
    status: 409,
  },
  /** A permission cannot be granted on a resource of this kind, or not in this form. */
  GRANT_INVALID: {
    title: "this cannot be granted",
    remedy: "see docs/guide/access.md for what can be granted on what",
    status: 400,
  },
  /**
   * Somebody who was granted a permission together with the right to pass it on may pass on as much as they have:
   * not more columns, not more rows, and not for longer.
   */
  GRANT_TOO_WIDE: {
    title: "nobody can pass on more than they have",
    remedy: "grant less, as it is said here, or ask an administrator to make this grant",
    status: 403,
  },
  /** Nobody has such a grant, or the caller is not one of those who may end it. */
  GRANT_NOT_FOUND: {
    title: "there is no such grant",
    remedy: "see `headgate access grants` for the grants that exist",
    status: 404,
  },
  /** Grants use the data filter, so it is removed only together with them. */
  FILTER_IN_USE: {
    title: "grants use this data filter",
    remedy: "revoke these grants first, or end them with the filter: --force",
    status: 409,
  },
  /** The table has no data filter of this name. */
  FILTER_NOT_FOUND: {
    title: "there is no such data filter",
    remedy: "see `headgate filter list` for the names of all data filters",
    status: 404,
  },
  /**
   * A row filter or a mask does not fit the table: it names an unknown column, compares a column with a value of another
   * type, or calls a function.
   */
  FILTER_INVALID: {
    title: "the data filter cannot be used",
    remedy: "correct the row filter or the mask at the place named here",
    status: 400,
  },
  /** The account has no such tag key, or the key has no such value, or the caller may not know of it. */
  TAG_NOT_FOUND: {
    title: "there is no such tag",
    remedy: "see `headgate tag list` for the keys and their values",
    status: 404,
  },
  /** The thing cannot have this tag, such as two values of a key that allows one. */
  TAG_INVALID: {
    title: "the tag cannot be used like this",
    remedy: "see docs/guide/tags.md for what tags can be and what can have them",
    status: 400,
  },
  /**
   * Something has the tag, or an expression names it. Without the tag, a thing could have what it inherits instead, and
   * a grant could reach further, so the tag is taken away first, which shows what that opens and closes.
   */
  TAG_IN_USE: {
    title: "the tag is in use",
    remedy: "take it away first, with `headgate tag unset`, and out of expressions and grants that name it",
    status: 409,
  },
  /** The account has no saved tag expression of this name, or the caller may not know of it. */
  EXPRESSION_NOT_FOUND: {
    title: "there is no such tag expression",
    remedy: "see `headgate tag expression list` for their names",
    status: 404,
  },
  /** Grants are on the tag expression, so it stays as long as they do. */
  EXPRESSION_IN_USE: {
    title: "there are grants on this tag expression",
    remedy: "revoke these grants first; `headgate access grants` lists them",
    status: 409,
  },
  /**
   * A table, a view or a column that the view reads is gone, or the view reads itself. Nobody reads the view until it is
   * replaced or an earlier version is restored. `headgate view show` tells its owner what is missing.
   */
  VIEW_BROKEN: {
    title: "the view cannot be read, because something that it reads is gone",
    remedy: "ask the owner of the view to replace it; `headgate view show` tells them what is missing",
    status: 409,
  },
  /**
   * A view shows what its owner may see. The owner may no longer read all that it reads, is not active any more, or was
   * removed, so that nobody reads the view until they may again or somebody else owns it.
   */
  VIEW_CLOSED: {
    title: "the view cannot be read, because its owner may no longer read what it reads",
    remedy: "ask for the owner's right to be granted again, or for another owner: headgate view set --owner",
    status: 403,
  },
  /** Whoever makes or takes over a view must be able to read all that it reads, and somebody else's rights must not be used for it. */
  VIEW_NOT_ALLOWED: {
    title: "this view cannot be made or given away by you",
    remedy: "read only tables and columns that the owner of the view may read, and make it in your own name",
    status: 403,
  },
  /** The statement cannot be that of a view. */
  VIEW_INVALID: {
    title: "this statement cannot be a view",
    remedy: "correct the statement as it is said here",
    status: 400,
  },
  /** No hook has this name. */
  HOOK_NOT_FOUND: {
    title: "there is no such hook",
    remedy: "see `headgate hook list` for the addresses that are told of events",
    status: 404,
  },
  /** No product has this name, or the caller may not find it. */
  PRODUCT_NOT_FOUND: {
    title: "there is no such product",
    remedy: "see `headgate product list`; a product of another account is account.product",
    status: 404,
  },
  /** The owner of the product asks questions, and the request does not answer all of them. */
  ANSWERS_MISSING: {
    title: "not all questions of the product are answered",
    remedy: "answer each of them: headgate request create --product … --answer 'question=answer'",
    status: 400,
  },
  /**
   * The product has terms, and whoever asks has not accepted them as they are now: they may have changed since the request
   * was made. Nothing is approved before they are accepted.
   */
  TERMS_NOT_ACCEPTED: {
    title: "the terms of the product are not accepted",
    remedy:
      "read them with `headgate product show`, and accept them: --accept-terms <version> with `request create`, or `headgate request accept-terms <request> <version>` for a request that waits",
    status: 409,
  },
  /**
   * The name is a link to a table of another account, and that was dropped, or its share was suspended or revoked or has
   * ended. The link has never given a right by itself.
   */
  LINK_DANGLING: {
    title: "the link leads to nothing any more",
    remedy: "ask for the table again (headgate request create), or remove the link (headgate link remove)",
    status: 410,
  },
  /** The account has no link of this name, or none that you may know of. */
  LINK_NOT_FOUND: {
    title: "there is no such link",
    remedy: "see `headgate link list` for the links of the account",
    status: 404,
  },
  /** There is no such share request, or none that you may know of. */
  REQUEST_NOT_FOUND: {
    title: "there is no such request",
    remedy: "see `headgate request list` and `headgate request inbox` for the requests that you may see",
    status: 404,
  },
  /** The request has ended: it was approved, denied or withdrawn, or nobody decided in time. */
  REQUEST_OVER: {
    title: "the request has ended already",
    remedy: "ask again with `headgate request create` if it is still needed",
    status: 409,
  },
  /** The process that decides on such requests refuses this one, whoever would approve it. */
  REQUEST_REFUSED: {
    title: "the process refuses such a request",
    remedy: "ask for less, or ask whoever administers the lake to change the process",
    status: 403,
  },
  /**
   * The link was not sent to you, or not by this Headgate, or its time is over, or the request was judged again since.
   * For safety, the answer does not say which.
   */
  LINK_INVALID: {
    title: "this link cannot be used",
    remedy: "see `headgate request inbox` for the requests that wait for you; a newer mail may have another link",
    status: 410,
  },
  /** A process names a person, a group or an account that does not exist, or contradicts itself. */
  PROCESS_INVALID: {
    title: "the process cannot be used",
    remedy: "correct the process as it is said here",
    status: 400,
  },
  /** The view has no version of this number. */
  VIEW_VERSION_NOT_FOUND: {
    title: "the view has no such version",
    remedy: "see `headgate view history` for its versions",
    status: 404,
  },
} as const satisfies Record<string, ErrorEntry>;

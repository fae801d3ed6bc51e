/** A field of a form: its label above, a hint below, and in the hint's place what is wrong. The control is the browser's own. */
import { useId, type ReactNode } from "react";
import { Icon } from "./icon.tsx";

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly children: (control: ControlProps) => ReactNode;
}

export interface ControlProps {
  readonly id: string;
  readonly className: "input";
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
}

export function Field({ label, hint, error, children }: FieldProps): ReactNode {
  const id = useId();
  const below = `${id}-below`;
  const hasBelow = hint !== undefined || error !== undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: "input",
        "aria-describedby": hasBelow ? below : undefined,
        "aria-invalid": error !== undefined,
      })}
      {error !== undefined ? (
        <p id={below} className="field-error" role="alert">
          <Icon name="alert" size={14} />
          {error}
        </p>
      ) : hint !== undefined ? (
        <p id={below} className="hint">
          {hint}
        </p>
      ) : undefined}
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, text: string])[];
  readonly onChoose: (value: Value) => void;
}

export function ChoiceField<Value extends string>(props: ChoiceProps<Value>): ReactNode {
  const { label, hint, value, options, onChoose } = props;
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={({ currentTarget }) => {
            const chosen = options[currentTarget.selectedIndex];
            if (chosen !== undefined) onChoose(chosen[0]);
          }}
        >
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface TextProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly value: string;
  readonly onType: (value: string) => void;
  /** Names of things that can stand in SQL. */
  readonly isName?: boolean;
  /** With lines, the field has several. */
  readonly lines?: number;
  readonly type?: "text" | "date" | "time" | "email" | "number" | "password";
  /** Proposals while typing. */
  readonly options?: readonly string[];
}

export function TextField(props: TextProps): ReactNode {
  const { label, hint, error, value, onType, isName = false, lines = 1, type = "text", options } = props;
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => {
        const style = isName ? "input mono" : "input";
        if (lines > 1)
          return (
            <textarea
              {...control}
              className={style}
              rows={lines}
              value={value}
              onChange={(event) => onType(event.currentTarget.value)}
            />
          );
        return (
          <>
            <input
              {...control}
              className={style}
              type={type}
              value={value}
              autoComplete={type === "password" ? "new-password" : "off"}
              spellCheck={!isName}
              list={options === undefined ? undefined : `${control.id}-options`}
              onChange={(event) => onType(event.currentTarget.value)}
            />
            {options === undefined ? undefined : (
              <datalist id={`${control.id}-options`}>
                {options.slice(0, 500).map((option) => (
                  <option key={option} value={option} />
                ))}
              </datalist>
            )}
          </>
        );
      }}
    </Field>
  );
}

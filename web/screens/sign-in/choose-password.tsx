/** The first own password, in place of the one-time password. */
import { Button, PasswordInput } from "@mantine/core";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { post, type Me, type Refusal } from "../../api/me.ts";
import { fieldsOf, RefusalNote } from "./password-form.tsx";
import { EntranceTitle, type Arrived } from "./entrance-title.tsx";

interface ChoosePasswordProps {
  readonly arrived: Arrived;
  readonly onDone: (arrived: Arrived) => void;
}

const shortest = 12;

export function ChoosePassword({ arrived, onDone }: ChoosePasswordProps): ReactNode {
  const [refusal, setRefusal] = useState<Refusal>();
  const [complaint, setComplaint] = useState<Complaint>({});
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const { newPassword = "", again = "" } = fieldsOf(event.currentTarget);
    setRefusal(undefined);
    const wrong = complaintOf(newPassword, again);
    setComplaint(wrong);
    if (wrong.first !== undefined || wrong.second !== undefined) return;
    try {
      const me = await post<Me>("/api/password", { password: arrived.password, newPassword });
      onDone({ me, password: newPassword });
    } catch (failure) {
      setRefusal(failure as Refusal);
    }
  };
  return (
    <>
      <EntranceTitle title="Choose your password">
        The one-time password has done its work, {arrived.me.name}.
      </EntranceTitle>
      <form className="entrance-fields" noValidate onSubmit={(event) => void submit(event)}>
        <PasswordInput
          label="New password"
          name="newPassword"
          description={`At least ${shortest} characters. A sentence is easier to remember than symbols.`}
          autoComplete="new-password"
          autoFocus
          error={complaint.first}
          inputWrapperOrder={["label", "input", "description", "error"]}
          visibilityToggleButtonProps={{ "aria-label": "Show the new password" }}
        />
        <PasswordInput
          label="Once more"
          name="again"
          autoComplete="new-password"
          error={complaint.second}
          visibilityToggleButtonProps={{ "aria-label": "Show the repeated password" }}
        />
        <RefusalNote refusal={refusal} />
        <Button type="submit" size="md" fullWidth>
          Set the password
        </Button>
      </form>
    </>
  );
}

/** The fault, at the field in which it is mended. */
interface Complaint {
  readonly first?: string;
  readonly second?: string;
}

function complaintOf(first: string, second: string): Complaint {
  if (first.length < shortest) return { first: `The password has ${first.length} characters and needs ${shortest}.` };
  return first === second ? {} : { second: "The two passwords are not the same." };
}

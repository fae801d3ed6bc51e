/** The way in: a company's sign-in, user and password, the first own password, an authenticator and its recovery codes. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type ReactNode } from "react";
import { arrive, meQuery } from "../../api/me.ts";
import { beginSession } from "../../api/session-end.ts";
import { Mark } from "../../frame/mark.tsx";
import { GateArt } from "./gate-art.tsx";
import { AddAuthenticator } from "./add-authenticator.tsx";
import { ChoosePassword } from "./choose-password.tsx";
import { CompanySignIn } from "./company-sign-in.tsx";
import { EntranceTitle, type Arrived } from "./entrance-title.tsx";
import { PasswordForm } from "./password-form.tsx";

export function SignIn(): ReactNode {
  const { next, user } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const { data: signedIn } = useQuery(meQuery);
  const [arrived, setArrived] = useState<Arrived>();
  const step = stepOf(arrived);
  useEffect(() => {
    const me = arrived?.me ?? signedIn;
    if (me === undefined || me === null || me.mustChangePassword || me.lacksAuthenticator === true) return;
    beginSession();
    void arrive().then(() => navigate({ to: next ?? "/", replace: true }));
  }, [arrived, signedIn, next, navigate]);
  return (
    <div className="entrance">
      <main className="entrance-form">
        <span className="logo">
          <Mark />
          <span>Headgate</span>
        </span>
        <div className="entrance-box">
          {step === "password" && arrived !== undefined ? (
            <ChoosePassword arrived={arrived} onDone={setArrived} />
          ) : step === "authenticator" && arrived !== undefined ? (
            <AddAuthenticator arrived={arrived} onDone={setArrived} />
          ) : (
            <>
              <EntranceTitle title="Sign in">{location.host}</EntranceTitle>
              <CompanySignIn />
              <PasswordForm onDone={setArrived} invited={user} />
            </>
          )}
        </div>
      </main>
      <GateArt />
    </div>
  );
}

function stepOf(arrived: Arrived | undefined): "sign-in" | "password" | "authenticator" {
  if (arrived?.me.mustChangePassword === true) return "password";
  return arrived?.me.lacksAuthenticator === true ? "authenticator" : "sign-in";
}

/** The ways in that an identity provider offers, before the password. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Icon } from "../../parts/icon.tsx";

interface Provider {
  readonly name: string;
  readonly title: string;
}

export function CompanySignIn(): ReactNode {
  const { data: providers = [] } = useQuery({
    queryKey: ["providers"],
    queryFn: async () => {
      const response = await fetch("/sign-in/providers");
      const { providers: found } = (await response.json()) as { readonly providers: readonly Provider[] };
      return found;
    },
  });
  if (providers.length === 0) return undefined;
  return (
    <div className="entrance-with">
      {providers.map(({ name, title }) => (
        <Button
          key={name}
          component="a"
          href={`/sign-in/with/${encodeURIComponent(name)}`}
          variant="default"
          size="md"
          fullWidth
          leftSection={<Icon name="key" />}
        >
          Continue with {title}
        </Button>
      ))}
      <p className="or">or with a password</p>
    </div>
  );
}

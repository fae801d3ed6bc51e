/**
 * The scripts for shells to source: a function that passes the words so far to `headgate complete` and shows what it
 * prints, one candidate per line with its description after a tab. A first line `:files` means files of the current
 * directory.
 */
export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

const bash = `# To use it in bash: source <(headgate completion bash)
_headgate() {
  local line value
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
      return
    fi
    value=\${line%%$'\\t'*}
    if [[ $value =~ ^[A-Za-z0-9_.,/:@%+=-]+$ ]]; then COMPREPLY+=("$value"); else COMPREPLY+=("$(printf %q "$value")"); fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null)
}
complete -F _headgate headgate
`;

const zsh = `#compdef headgate
# To use it in zsh: source <(headgate completion zsh), after compinit
_headgate() {
  local line
  local -a values shown
  while IFS= read -r line; do
    if [[ $line == :files ]]; then _files; return; fi
    values+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  -- }")
  done < <("\${words[1]}" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)
  (( \${#values} )) && compadd -l -d shown -a values
}
compdef _headgate headgate
`;

const fish = `# To use it in fish: headgate completion fish | source
function __headgate_complete
  set -l words (commandline -opc)
  set -l found ($words[1] complete -- $words[2..-1] (commandline -ct) 2>/dev/null </dev/null)
  if test "$found[1]" = ":files"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c headgate -f -a '(__headgate_complete)'
`;

export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

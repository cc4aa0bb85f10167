/*
 * What a shell reads once. Each script asks "tandem complete SHELL -- WORDS…", whose answer has a line for each candidate, with its
 * description after a tab, and the line ":files" where names of files may stand. None needs a package of its shell, and what
 * is being typed is never run.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** For bash 3.2 and later: macOS still has that. There compopt is missing, and names of files are offered always. */
const BASH = `_tandem() {
  local value description files=
  COMPREPLY=()
  while IFS=$'\\t' read -r value description; do
    if [[ $value == :files ]]; then files=1; else COMPREPLY+=("$value"); fi
  done < <("\${COMP_WORDS[0]}" complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ -z $files ]]; then compopt +o default 2>/dev/null; fi
  return 0
}
complete -o default -F _tandem tandem
`;

const ZSH = `#compdef tandem
_tandem() {
  local value description files
  local -a candidates
  while IFS=$'\\t' read -r value description; do
    if [[ $value == :files ]]; then files=1; else candidates+=("\${value//:/\\\\:}:$description"); fi
  done < <("\${(Q)words[1]}" complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  [[ $PREFIX == --*=* ]] && compset -P '--*='
  (( \${#candidates} )) && _describe tandem candidates
  [[ -n $files ]] && _files
}
# Read by "source", it registers itself; in a folder of $fpath it is the function.
if [[ $funcstack[1] == _tandem ]]; then _tandem "$@"; else compdef _tandem tandem; fi
`;

const FISH = `function __tandem_complete
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    for line in ($before[1] complete fish -- $before[2..-1] "$typed" 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path "$typed"
        else
            echo $line
        end
    end
end
complete -c tandem -f -a '(__tandem_complete)'
`;

/** What makes a shell complete commands of "tandem". */
export const SCRIPTS: Record<Shell, string> = { bash: BASH, zsh: ZSH, fish: FISH };

using System.CommandLine;
using Flotilla.Cli.Output;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla completion</c>: what a shell needs to complete commands, options and names.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];
    private static readonly Argument<string> Shell = new Argument<string>("shell") { Description = "bash, zsh or fish." }.AcceptOnlyFromAmong(Shells);

    // What follows a slash or a colon is one word for us, and several for readline: only the part behind the last one may be given back.
    private const string Bash = """
        # flotilla completion for bash: source <(flotilla completion bash)
        _flotilla() {
          local line=${COMP_LINE:0:COMP_POINT} word candidates
          word=${line##* }
          mapfile -t candidates < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
          mapfile -t COMPREPLY < <(compgen -W "${candidates[*]}" -- "$word")
          local prefix=${word%"${word##*[:=]}"}
          COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
          [[ ${COMPREPLY[0]-} == */ ]] && compopt -o nospace
          [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default
        }
        complete -F _flotilla flotilla ./flotilla

        """;

    private const string Zsh = """
        #compdef flotilla
        # flotilla completion for zsh: source <(flotilla completion zsh), or save as _flotilla in a folder of $fpath
        _flotilla() {
          local line="${BUFFER[1,CURSOR]}"
          local -a candidates
          candidates=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
          compadd -a candidates || _files
        }
        if [[ ${funcstack[1]} == _flotilla ]]; then _flotilla "$@"; else compdef _flotilla flotilla; fi

        """;

    private const string Fish = """
        # flotilla completion for fish: flotilla completion fish | source
        function __flotilla_complete
          set -l line (commandline -cp)
          flotilla "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c flotilla -a '(__flotilla_complete)'

        """;

    public static Command Create()
    {
        var command = new Command("completion", "Print a script that teaches a shell to complete commands, options and names.") { Shell };
        command.SetAction(arguments =>
        {
            arguments.Out.Write(arguments.GetValue(Shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return ExitCodes.Done;
        });
        return command;
    }
}

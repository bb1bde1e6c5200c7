using System.Collections.Immutable;
using Nines.Host.Processes;

namespace Nines.Host.Images;

/// <summary>
/// Runs a recipe so that nothing of it outlives the build: all its processes lie in a process namespace that ends with its first
/// one (pid_namespaces(7)), and a guard beside it, which sees the builder's end as the end of its own input, ends that one and
/// removes the folder. A builder that is killed can do neither.
/// </summary>
internal static class RecipeGuard
{
    /// <summary>Arguments: the folder, how to make the namespace, the recipe's program.</summary>
    private const string Script = """
        folder=$1
        shift
        exec 3<&0
        "$@" "$folder" </dev/null 3<&- &
        recipe=$!
        (
          trap '' INT HUP PIPE
          trap exit TERM # the recipe ended first: taken note of when cat ends, and before anything else is done
          cat <&3
          trap '' TERM # what is killed here ends the wait below
          kill -9 $recipe 2>/dev/null
          for attempt in 1 2 3 4 5 6 7 8 9; do
            rm -rf "$folder" && break
            sleep 0.3 # the last of them is still on its way out
          done
        ) >/dev/null 2>&1 &
        guard=$!
        exec 3<&-
        wait $recipe
        code=$?
        kill $guard
        exit $code
        """;

    /// <summary>The command that runs <paramref name="program"/> with the folder that it may fill.</summary>
    /// <param name="isRoot">Others get a namespace of users too, in which they stay who they are: it lets them make the other one.</param>
    public static HostCommand Command(string program, string folder, bool isRoot)
    {
        ImmutableArray<string> users = isRoot ? [] : ["--map-current-user"];
        return new HostCommand("sh", ["-c", Script, "nines-recipe", folder, "unshare", .. users, "--pid", "--fork", "--kill-child", program])
        {
            WorkingDirectory = folder,
            HoldsInputOpen = true,
        };
    }
}

using System.Text.Json.Nodes;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ansible;

/// <summary>Ansible's <c>amazon.aws</c> modules make what a playbook says, and find nothing to change when they are asked again.</summary>
public sealed class PlaybookTests(SimulatedCloud cloud)
{
    [Theory]
    [InlineData("vpc")]
    [InlineData("security-group")]
    [InlineData("instance")]
    [InlineData("volume")]
    [InlineData("image")]
    public async Task A_playbook_runs_and_changes_nothing_the_second_time(string playbook)
    {
        Told(await PlayAsync(playbook), "changed").ShouldNotBeEmpty();
        Told(await PlayAsync(playbook), "changed").ShouldBeEmpty();
    }

    private async Task<JsonNode> PlayAsync(string playbook)
    {
        var file = Path.Combine(SourceFolder.Root, "test", "Nines.EndToEnd", "Ansible", playbook + ".yml");
        var environment = new Dictionary<string, string>(cloud.Environment)
        {
            ["AWS_URL"] = cloud.Url,
            ["ANSIBLE_STDOUT_CALLBACK"] = "json",
            ["ANSIBLE_LOCALHOST_WARNING"] = "false",
            ["ANSIBLE_PYTHON_INTERPRETER"] = "/usr/bin/python3",
            ["ANSIBLE_DEPRECATION_WARNINGS"] = "false",
        };
        var result = await ClientProcess.RunAsync("/usr/bin/ansible-playbook", ["-i", "localhost,", "-c", "local", file], environment, patience: TimeSpan.FromMinutes(15));
        var played = JsonNode.Parse(result.Output[result.Output.IndexOf('{', StringComparison.Ordinal)..])!;
        result.ExitCode.ShouldBe(0, Told(played, "failed"));
        return played;
    }

    /// <summary>The tasks that failed, or that changed something, with what was said of them.</summary>
    private static string Told(JsonNode played, string what) => string.Join('\n', played["plays"]!.AsArray().SelectMany(play => play!["tasks"]!.AsArray())
        .Select(task => (Name: task!["task"]!["name"]!.ToString(), Answer: task["hosts"]?["localhost"]))
        .Where(task => task.Answer?[what]?.GetValue<bool>() is true)
        .Select(task => $"{task.Name}: {task.Answer!["msg"] ?? task.Answer.ToJsonString()}"));
}

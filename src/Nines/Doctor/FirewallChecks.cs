using Nines.Composition;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.Doctor;

/// <summary>Other firewalls of the machine that stop what servers send.</summary>
internal static class FirewallChecks
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(CloudPaths state, IHostCommands commands, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return [];
        }

        try
        {
            var obstacles = await MachineFirewall.FindObstaclesAsync(RealHost.OptionsOf(state), commands, cancellationToken);
            return obstacles.IsEmpty
                ? [Finding.Good("firewall", "lets servers through")]
                : [.. obstacles.Select(obstacle => Finding.Notice("firewall", $"{obstacle.Chain} drops by default: {obstacle.Consequence}", obstacle.Remedy))];
        }
        catch (HostCommandException exception)
        {
            return [Finding.Bad("firewall", exception.Message, "nft needs nf_tables in the kernel")];
        }
    }
}

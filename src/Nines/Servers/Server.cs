using Nines.Api.Ec2;

namespace Nines.Servers;

/// <summary>What the command line needs to know of an instance.</summary>
/// <param name="Id">The instance id.</param>
/// <param name="State">AWS's name of its state.</param>
/// <param name="PublicIp">Where this machine reaches it, or <see langword="null"/>.</param>
/// <param name="ImageId">What it was launched from.</param>
/// <param name="StateReason">Why it is not running, in AWS's words.</param>
internal sealed record Server(string Id, string State, string? PublicIp, string ImageId, string? StateReason)
{
    public static Server From(Instance instance) => new(
        instance.InstanceId!, instance.State?.Name ?? "pending", instance.PublicIpAddress, instance.ImageId!, instance.StateReason?.Message);
}

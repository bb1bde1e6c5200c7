namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>What the cloud's owner chose about public addresses.</summary>
internal sealed record AddressOptions
{
    /// <summary>The addresses that stand for the internet's; the hosts route the same block.</summary>
    public Ipv4Block PublicPool { get; init; } = Ipv4Block.Parse(Nines.Host.Api.PublicPool.Default);
}

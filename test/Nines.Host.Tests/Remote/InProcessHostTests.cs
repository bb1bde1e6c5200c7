using Nines.Host.Api;

namespace Nines.Host.Tests.Remote;

/// <summary>The contract, called directly.</summary>
public sealed class InProcessHostTests : HostContract
{
    protected override IHost Host => Simulated;
}

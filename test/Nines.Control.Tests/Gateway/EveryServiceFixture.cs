using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.InstanceConnect;
using Nines.Control.Services.Kms;
using Nines.Control.Services.Ssm;
using Nines.Control.Tests.Identity;
using Nines.Host.Api;

namespace Nines.Control.Tests.Gateway;

/// <summary>A gateway with every operation of every service, over an account that is empty.</summary>
public sealed class EveryServiceFixture : IAsyncLifetime
{
    private Ec2Compute _compute = null!;
    private KmsService _kms = null!;

    internal TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        var identity = await IdentityFixture.CreateAsync(cancel, [.. Ec2Tables.Network, .. Ec2Compute.Tables, .. KmsService.Tables, .. SsmService.Tables]);
        var zones = new ZoneCatalog("us-east-1", 3);
        var ids = new RandomIdSource();
        _kms = new KmsService(identity.Cloud, ids, identity.Box, zones.Region, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        _compute = new Ec2Compute(
            identity.Cloud, ids, zones, new AddressOptions(), new PlacementOptions(), new BucketFolders(""), _kms.DataKeys, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        Gateway = await TestGateway.StartAsync(
            cancel,
            [
                .. Ec2Slices.Network(identity.Cloud, ids, zones), .. _compute.Operations, .. _kms.Operations, .. new SsmService(identity.Cloud, identity.Box).Operations,
                new InstanceConnectOperations(identity.Cloud, _compute.Hosts.Find),
            ],
            over: identity);
    }

    public async ValueTask DisposeAsync()
    {
        await _compute.DisposeAsync();
        await _kms.DisposeAsync();
        await Gateway.DisposeAsync();
    }
}

using Microsoft.Extensions.Logging;
using Nines.Control.Admin;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Reconcile;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.RootVolumes;
using Nines.Control.Services.Ec2.ScheduledEvents;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2;

/// <summary>EC2's instances with their volumes, interfaces and hosts, put together: operations, reconcilers, and the hosts that they drive.</summary>
internal sealed class Ec2Compute : IAsyncDisposable
{
    private readonly IReadOnlyList<ReconcileLoop> _loops;

    /// <summary>Begins to reconcile what the records say; hosts are added to <see cref="Hosts"/>.</summary>
    public Ec2Compute(
        Cloud cloud, IIdSource ids, ZoneCatalog zones, AddressOptions addresses, PlacementOptions placement, BucketFolders buckets, DataKeys dataKeys, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        var keys = new VolumeKeys(cloud, dataKeys);
        Ledger = new HostLedger(cloud, placement);
        Hosts = new HostRegistry(cloud, zones, keys, time, random, loggers);
        _loops =
        [
            Loop(new InstanceReconciler(cloud, time, loggers.CreateLogger<InstanceReconciler>())).WakeOn(cloud, Instance.Table),
            Loop(new FastLaunchReconciler(cloud, time))
                .WakeOn(cloud, FastLaunch.Table)
                .WakeOn(cloud, Image.Table, image => cloud.By(FastLaunch.ByImage, image.Id).Select(ResourceKey.Of))
                .WakeOn(cloud, HostRecord.Table, _ => cloud.ListAll(FastLaunch.Table).Select(ResourceKey.Of)),
            Loop(new ImageReconciler(cloud))
                .WakeOn(cloud, Image.Table)
                .WakeOn(cloud, Snapshot.Table, snapshot => cloud.By(Image.BySnapshot, snapshot.Id).Select(ResourceKey.Of)),
            Loop(new CreditReconciler(cloud, Hosts.Find, time)).WakeOn(cloud, HostRecord.Table),
            Loop(new RootReplacementReconciler(cloud, time))
                .WakeOn(cloud, RootReplacement.Table)
                .WakeOn(cloud, Instance.Table, instance => cloud.By(RootReplacement.ByInstance, instance.Id).Select(ResourceKey.Of)),
            Loop(new ImportTaskReconciler(cloud, ids, time)).WakeOn(cloud, ImportTask.Table),
            Loop(new ExportTaskReconciler(cloud, time)).WakeOn(cloud, ExportTask.Table),
            Loop(new CapacityReservationReconciler(cloud, time)).WakeOn(cloud, CapacityReservation.Table),
            Loop(new ScheduledEventReconciler(cloud, time)).WakeOn(cloud, Instance.Table, instance => instance.Events.IsEmpty ? [] : [ResourceKey.Of(instance)]),
        ];
        foreach (var loop in _loops)
        {
            loop.Start();
        }

        Consoles = new InstanceConsoles(cloud, Hosts);
        Resetter = new InstanceResetter(cloud, Hosts, time);
        Statuses = new HostStatuses(cloud, Hosts, Ledger);
        Usage = new Ec2Usage(cloud, Hosts, Ledger, placement, time);
        Copies = new Ec2Copies(cloud, Usage);
        Operations = OperationsOf(cloud, ids, zones, addresses, buckets, keys, time);

        ReconcileLoop Loop(IReconciler reconciler) => new(reconciler, time, random, loggers.CreateLogger<ReconcileLoop>());
    }

    /// <summary>The tables of instances and hosts, for whoever opens the store.</summary>
    public static IReadOnlyList<TableDefinition> Tables { get; } = [CpuCredit.Table, HostRecord.Table, Instance.Table, LaunchToken.Table, MetadataDefaults.Table, NetworkInterface.Table, Snapshot.Table, Volume.Table];

    /// <summary>The hosts that run the instances.</summary>
    public HostRegistry Hosts { get; }

    /// <summary>How full the hosts are.</summary>
    public HostLedger Ledger { get; }

    /// <summary>The hosts as the operator sees them.</summary>
    public HostStatuses Statuses { get; }

    /// <summary>What servers and hosts take.</summary>
    public Ec2Usage Usage { get; }

    /// <summary>How the copies of volumes stand.</summary>
    public Ec2Copies Copies { get; }

    /// <summary>The serial consoles.</summary>
    public IConsoles Consoles { get; }

    /// <summary>Empties an account of instances.</summary>
    public IResetter Resetter { get; }

    /// <summary>What clients may ask.</summary>
    public IReadOnlyList<IOperations> Operations { get; }

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync();
        }

        await Hosts.DisposeAsync();
        Ledger.Dispose();
    }

    private IReadOnlyList<IOperations> OperationsOf(Cloud cloud, IIdSource ids, ZoneCatalog zones, AddressOptions addresses, BucketFolders buckets, VolumeKeys keys, TimeProvider time)
    {
        var mapping = new InstanceMapping(cloud, zones.Region);
        var views = new InstanceViews(mapping);
        var interfaces = new NetworkInterfaceOperations(cloud, zones);
        var (images, snapshots) = (new ImageCatalog(cloud), new SnapshotCatalog(cloud));
        return
        [
            new InstanceOperations(
                cloud,
                Ledger,
                addresses,
                new RunInstances(cloud, ids, Ledger, zones, addresses, snapshots, keys, views),
                new DescribeInstances(cloud, mapping, views),
                new InstanceAttributes(cloud, mapping),
                new InstanceCredits(cloud, mapping),
                new InstanceConsole(cloud, Hosts, time),
                new InstancePlacement(cloud),
                new InstanceMonitor(cloud),
                new InstanceMetadataDefaults(cloud),
                new InstanceTopologies(cloud, zones)),
            new AddressChanges(cloud, ids, addresses),
            new AddressOperations(cloud, zones.Region),
            new EncryptionOperations(cloud, keys),
            new VolumeOperations(cloud),
            new VolumeChanges(cloud, ids, zones, snapshots, keys),
            new VolumeAttachmentChanges(cloud),
            new ImageCreation(cloud, ids, images, snapshots),
            new ImageChanges(cloud, ids, images, snapshots, keys),
            new ImportTaskOperations(cloud),
            new ImportTaskChanges(cloud, ids, buckets, keys),
            new ExportTaskOperations(cloud, ids, buckets, images),
            new SnapshotOperations(snapshots),
            new SnapshotChanges(cloud, ids, snapshots),
            new SnapshotCopies(cloud, ids, snapshots, keys),
            new SnapshotLocks(cloud, snapshots),
            new SnapshotSharing(cloud, snapshots),
            interfaces,
            new NetworkInterfaceChanges(cloud, ids, interfaces),
            new InterfaceAttachmentChanges(cloud, ids),
            new PrivateAddressChanges(cloud),
            new DedicatedHostOperations(cloud, Ledger, zones),
            new DedicatedHostChanges(cloud, ids, Ledger, zones),
            new ScheduledEventOperations(cloud, ids),
            new RootReplacementOperations(cloud, ids, snapshots, keys),
            new CapacityReservationOperations(cloud, zones),
            new CapacityReservationChanges(cloud, ids, Ledger, zones),
            new CapacityReservationMoves(cloud, ids, Ledger, zones),
            new InstanceProfiles(cloud, ids),
        ];
    }
}

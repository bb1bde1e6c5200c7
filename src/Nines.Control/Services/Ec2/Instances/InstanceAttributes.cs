using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Wire;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Reads, changes and resets single attributes of an instance.</summary>
internal sealed class InstanceAttributes(Cloud cloud, InstanceMapping mapping)
{
    /// <summary>One attribute.</summary>
    public ValueTask<DescribeInstanceAttributeResult> DescribeAsync(DescribeInstanceAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var instance = InstanceLookup.FindAll(cloud, call.AccountId, [ParseId(input.InstanceId)])[0];
        var answer = Describe(instance, input.Attribute ?? throw Ec2Errors.MissingParameter("Attribute"));
        call.AnswerDryRun();
        return ValueTask.FromResult(answer with { InstanceId = instance.Id });
    }

    /// <summary>Changes one attribute.</summary>
    public async ValueTask<ModifyInstanceAttributeResult> ModifyAsync(ModifyInstanceAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ParseId(input.InstanceId);
        var change = InstanceAttributeChange.Parse(input);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [id])[0];
                if (instance.State.IsEnding())
                {
                    throw InstanceErrors.Terminated(instance.Id);
                }

                var changed = change.Apply(transaction, instance);
                call.AnswerDryRun();
                transaction.Put(Instance.Table, changed);
            },
            cancellationToken);
        return new ModifyInstanceAttributeResult();
    }

    /// <summary>Gives an attribute its first value again.</summary>
    public async ValueTask<ResetInstanceAttributeResult> ResetAsync(ResetInstanceAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ParseId(input.InstanceId);
        if (input.Attribute is not ("kernel" or "ramdisk" or "sourceDestCheck"))
        {
            throw input.Attribute is null ? Ec2Errors.MissingParameter("Attribute") : UnknownAttribute(input.Attribute);
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [id])[0];
                var changed = input.Attribute == "sourceDestCheck"
                    ? InstanceAttributeChange.SetSourceDestCheck(transaction, instance, true)

                    // There is no kernel or RAM disk beside the image's, so both are as at first.
                    : instance.State == InstanceState.Stopped ? instance : throw InstanceErrors.NotStopped(instance.Id);
                call.AnswerDryRun();
                transaction.Put(Instance.Table, changed);
            },
            cancellationToken);
        return new ResetInstanceAttributeResult();
    }

    /// <summary>Changes how the metadata service treats an instance; what the request leaves out stays.</summary>
    public async ValueTask<ModifyInstanceMetadataOptionsResult> ModifyMetadataOptionsAsync(
        ModifyInstanceMetadataOptionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ParseId(input.InstanceId);
        var changed = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [id])[0];
                if (instance.State.IsEnding())
                {
                    throw InstanceErrors.Terminated(instance.Id);
                }

                var options = MetadataOptionsRules.Merge(
                    instance.MetadataOptions, input.HttpTokens, input.HttpPutResponseHopLimit, input.HttpEndpoint, input.HttpProtocolIpv6, input.InstanceMetadataTags);
                call.AnswerDryRun();
                var next = instance with { MetadataOptions = options };
                transaction.Put(Instance.Table, next);
                return next;
            },
            cancellationToken);
        return new ModifyInstanceMetadataOptionsResult
        {
            InstanceId = changed.Id,
            InstanceMetadataOptions = InstanceMapping.OptionsOf(changed) with { State = "pending" },
        };
    }

    /// <summary>Changes what an instance is called in its network; what the request leaves out stays. A guest asks for its host name when it starts.</summary>
    public async ValueTask<ModifyPrivateDnsNameOptionsResult> ModifyNameOptionsAsync(ModifyPrivateDnsNameOptionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ParseId(input.InstanceId);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [id])[0];
                var known = instance.NameOptions ?? PrivateNameOptions.Default;
                var next = known.With(input.PrivateDnsHostnameType, input.EnableResourceNameDnsARecord, input.EnableResourceNameDnsAAAARecord);
                if (instance.State.IsEnding())
                {
                    throw InstanceErrors.Terminated(instance.Id);
                }

                if (next.IsResourceName != known.IsResourceName && instance.State != InstanceState.Stopped)
                {
                    throw InstanceErrors.NotStopped(instance.Id);
                }

                call.AnswerDryRun();
                transaction.Put(Instance.Table, instance with { NameOptions = next == PrivateNameOptions.Default ? null : next });
            },
            cancellationToken);
        return new ModifyPrivateDnsNameOptionsResult { Return = true };
    }

    /// <summary>An attribute that the operation does not have.</summary>
    public static AwsException UnknownAttribute(string name) => Ec2Errors.InvalidValue("attribute", name, "Unknown attribute name.");

    private static InstanceId ParseId(string? id) => id is null ? throw Ec2Errors.MissingParameter("InstanceId") : ResourceId.Parse<InstanceId>(id);

    private DescribeInstanceAttributeResult Describe(Instance instance, string attribute)
    {
        var primary = instance.NetworkInterfaceIds is [var id, ..] ? cloud.Find(NetworkInterface.Table, instance.AccountId, id) : null;
        var answer = new DescribeInstanceAttributeResult();
        return attribute switch
        {
            "instanceType" => answer with { InstanceType = Of(instance.InstanceType) },
            "kernel" => answer with { KernelId = Of(null) },
            "ramdisk" => answer with { RamdiskId = Of(null) },
            "userData" => answer with { UserData = Of(instance.UserData is { } data ? Convert.ToBase64String(data.AsSpan()) : null) },
            "disableApiTermination" => answer with { DisableApiTermination = Of(instance.DisableApiTermination) },
            "disableApiStop" => answer with { DisableApiStop = Of(instance.DisableApiStop) },
            "instanceInitiatedShutdownBehavior" => answer with
            {
                InstanceInitiatedShutdownBehavior = Of(instance.ShutdownBehavior == ShutdownBehavior.Terminate ? "terminate" : "stop"),
            },
            "rootDeviceName" => answer with { RootDeviceName = Of(instance.RootDeviceName) },
            "blockDeviceMapping" => answer with { BlockDeviceMappings = mapping.DisksOf(instance) },
            "productCodes" => answer with { ProductCodes = [] },
            "sourceDestCheck" => answer with { SourceDestCheck = Of(primary?.SourceDestCheck ?? true) },
            "groupSet" => answer with { Groups = primary is null ? [] : mapping.GroupsOf(primary) },
            "ebsOptimized" => answer with { EbsOptimized = Of(instance.EbsOptimized) },
            "sriovNetSupport" => answer with { SriovNetSupport = Of("simple") },
            "enaSupport" => answer with { EnaSupport = Of(instance.Devices is DeviceModel.Virtio) },
            "enclaveOptions" => answer with { EnclaveOptions = new EnclaveOptions { Enabled = false } },
            _ => throw UnknownAttribute(attribute),
        };
    }

    private static AttributeValue Of(string? value) => new() { Value = value };

    private static AttributeBooleanValue Of(bool value) => new() { Value = value };
}

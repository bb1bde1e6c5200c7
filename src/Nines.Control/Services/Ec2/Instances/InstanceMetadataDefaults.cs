using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Reads and changes the metadata options that an account's launches get when they do not ask for others.</summary>
internal sealed class InstanceMetadataDefaults(Cloud cloud)
{
    private const string NoPreference = "no-preference";

    public ValueTask<GetInstanceMetadataDefaultsResult> GetAsync(GetInstanceMetadataDefaultsRequest input, Call call, CancellationToken cancellationToken)
    {
        call.AnswerDryRun();
        var defaults = cloud.Find(MetadataDefaults.Table, call.AccountId, MetadataDefaults.TheOne);
        return ValueTask.FromResult(new GetInstanceMetadataDefaultsResult
        {
            AccountLevel = new()
            {
                HttpTokens = defaults?.HttpTokens,
                HttpPutResponseHopLimit = defaults?.HopLimit,
                HttpEndpoint = defaults?.Endpoint,
                InstanceMetadataTags = defaults?.Tags,
            },
        });
    }

    public async ValueTask<ModifyInstanceMetadataDefaultsResult> ModifyAsync(ModifyInstanceMetadataDefaultsRequest input, Call call, CancellationToken cancellationToken)
    {
        // -1 takes the account's limit away, as no-preference does for the others.
        var (tokens, hops, endpoint, tags) = (Wanted(input.HttpTokens), input.HttpPutResponseHopLimit is -1 ? null : input.HttpPutResponseHopLimit, Wanted(input.HttpEndpoint), Wanted(input.InstanceMetadataTags));
        MetadataOptionsRules.Merge(MetadataOptions.Default, tokens, hops, endpoint, null, tags);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                call.AnswerDryRun();
                var present = transaction.Find(MetadataDefaults.Table, call.AccountId, MetadataDefaults.TheOne) ?? new MetadataDefaults { AccountId = call.AccountId };
                transaction.Put(
                    MetadataDefaults.Table,
                    present with
                    {
                        HttpTokens = input.HttpTokens is null ? present.HttpTokens : tokens,
                        HopLimit = input.HttpPutResponseHopLimit is null ? present.HopLimit : hops,
                        Endpoint = input.HttpEndpoint is null ? present.Endpoint : endpoint,
                        Tags = input.InstanceMetadataTags is null ? present.Tags : tags,
                    });
            },
            cancellationToken);
        return new ModifyInstanceMetadataDefaultsResult { Return = true };
    }

    /// <summary>A launch with the account's defaults where it says nothing.</summary>
    public static RunInstancesRequest Apply(Cloud cloud, string accountId, RunInstancesRequest request)
    {
        if (cloud.Find(MetadataDefaults.Table, accountId, MetadataDefaults.TheOne) is not { } defaults)
        {
            return request;
        }

        var asked = request.MetadataOptions ?? new();
        return request with
        {
            MetadataOptions = asked with
            {
                HttpTokens = asked.HttpTokens ?? defaults.HttpTokens,
                HttpPutResponseHopLimit = asked.HttpPutResponseHopLimit ?? defaults.HopLimit,
                HttpEndpoint = asked.HttpEndpoint ?? defaults.Endpoint,
                InstanceMetadataTags = asked.InstanceMetadataTags ?? defaults.Tags,
            },
        };
    }

    private static string? Wanted(string? value) => value is NoPreference ? null : value;
}

using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>What a client may ask about launch templates.</summary>
internal sealed class LaunchTemplateOperations(Cloud cloud, InstanceTemplate instances) : IOperations
{
    private static readonly PageLimits s_pages = new(1, 200) { Default = 200 };

    /// <summary>The filters of DescribeLaunchTemplates.</summary>
    internal static readonly FilterSet<LaunchTemplate> Filters = new FilterSet<LaunchTemplate>()
        .Add("create-time", template => InstanceFilters.Time(template.CreateTime))
        .Add("launch-template-name", template => template.Name)
        .AddTags(template => template.Tags);

    /// <summary>The filters of DescribeLaunchTemplateVersions.</summary>
    internal static readonly FilterSet<Api.Ec2.LaunchTemplateVersion> VersionFilters = new FilterSet<Api.Ec2.LaunchTemplateVersion>()
        .Add("create-time", version => InstanceFilters.Time(version.CreateTime))
        .Add("ebs-optimized", version => Text(version.LaunchTemplateData?.EbsOptimized))
        .Add("http-endpoint", version => version.LaunchTemplateData?.MetadataOptions?.HttpEndpoint)
        .Add("http-protocol-ipv4", version => version.LaunchTemplateData?.MetadataOptions?.HttpEndpoint)
        .Add("http-tokens", version => version.LaunchTemplateData?.MetadataOptions?.HttpTokens)
        .Add("iam-instance-profile", version => version.LaunchTemplateData?.IamInstanceProfile?.Arn)
        .Add("image-id", version => version.LaunchTemplateData?.ImageId)
        .Add("instance-type", version => version.LaunchTemplateData?.InstanceType)
        .Add("is-default-version", version => Text(version.DefaultVersion))
        .Add("kernel-id", version => version.LaunchTemplateData?.KernelId)
        .AddMany("license-configuration-arn", version => (version.LaunchTemplateData?.LicenseSpecifications ?? []).Select(license => license.LicenseConfigurationArn))
        .AddMany("network-card-index", version => (version.LaunchTemplateData?.NetworkInterfaces ?? []).Select(adapter => adapter.NetworkCardIndex?.ToString(CultureInfo.InvariantCulture)))
        .Add("ram-disk-id", version => version.LaunchTemplateData?.RamDiskId);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeLaunchTemplates, DescribeAsync);
        table.On(Ec2Api.DescribeLaunchTemplateVersions, DescribeVersionsAsync);
        table.On(Ec2Api.GetLaunchTemplateData, GetDataAsync);
    }

    private ValueTask<DescribeLaunchTemplatesResult> DescribeAsync(DescribeLaunchTemplatesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeLaunchTemplates", call.AccountId, input.Filters));
        var templates = Select(call.AccountId, input.LaunchTemplateIds ?? [], input.LaunchTemplateNames ?? [], page.AfterKey);
        var (items, next) = page.Take(templates.Where(matches), template => template.Id);
        return new(new DescribeLaunchTemplatesResult { LaunchTemplates = [.. items.Select(template => template.Describe())], NextToken = next });
    }

    private ValueTask<DescribeLaunchTemplateVersionsResult> DescribeVersionsAsync(
        DescribeLaunchTemplateVersionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = VersionFilters.Compile(input.Filters);
        var scope = new PageScope(
            "DescribeLaunchTemplateVersions",
            call.AccountId,
            input.Filters,
            [input.LaunchTemplateId, input.LaunchTemplateName, input.MinVersion, input.MaxVersion, .. input.Versions ?? []]);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, scope);
        var versions = SelectVersions(input, call.AccountId)
            .Where(version => page.AfterKey is null || string.CompareOrdinal(version.Id, page.AfterKey) > 0)
            .Select(version => (version.Id, Api: version.Describe(cloud.Find(LaunchTemplate.Table, call.AccountId, version.TemplateId)!)))
            .Where(version => matches(version.Api));
        var (items, next) = page.Take(versions, version => version.Id);
        return new(new DescribeLaunchTemplateVersionsResult { LaunchTemplateVersions = [.. items.Select(item => item.Api)], NextToken = next });
    }

    private ValueTask<GetLaunchTemplateDataResult> GetDataAsync(GetLaunchTemplateDataRequest input, Call call, CancellationToken cancellationToken)
    {
        var instance = InstanceLookup.FindAll(cloud, call.AccountId, [ResourceId.Parse<InstanceId>(input.InstanceId)])[0];
        return new(new GetLaunchTemplateDataResult { LaunchTemplateData = instances.Of(instance) });
    }

    private IEnumerable<LaunchTemplate> Select(string accountId, IReadOnlyList<string> ids, IReadOnlyList<string> names, string? afterId)
    {
        if (ids.Count == 0 && names.Count == 0)
        {
            return cloud.List(LaunchTemplate.Table, accountId, afterId);
        }

        var byId = ids.Count == 0 ? [] : Lookup.Select<LaunchTemplate, LaunchTemplateId>(cloud, LaunchTemplate.Table, accountId, ids);
        return byId.Concat(names.Select(name => LaunchTemplateLookup.Require(cloud, accountId, null, name)))
            .DistinctBy(template => template.Id).OrderBy(template => template.Id, StringComparer.Ordinal);
    }

    /// <summary>The versions that a request names, in the order of their ids. Without a template they are the newest or the default ones of all templates.</summary>
    private IEnumerable<LaunchTemplateVersion> SelectVersions(DescribeLaunchTemplateVersionsRequest input, string accountId)
    {
        var asked = input.Versions ?? [];
        if (asked.Count > 0 && (input.MinVersion is not null || input.MaxVersion is not null))
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter launchTemplateVersions cannot be used with the parameters minVersion and maxVersion");
        }

        if (input.LaunchTemplateId is null && input.LaunchTemplateName is null)
        {
            return asked.Count > 0 && asked.All(version => version is LaunchTemplateLookup.Latest or LaunchTemplateLookup.Default)
                ? cloud.List(LaunchTemplate.Table, accountId).SelectMany(template => Named(template, asked))
                : throw Ec2Errors.MissingParameter("LaunchTemplateId or LaunchTemplateName");
        }

        var template = LaunchTemplateLookup.Require(cloud, accountId, input.LaunchTemplateId, input.LaunchTemplateName);
        if (asked.Count > 0)
        {
            return Named(template, asked);
        }

        var minimum = input.MinVersion is { } lowest ? LaunchTemplateLookup.NumberOf(template, lowest) : 1;
        var maximum = input.MaxVersion is { } highest ? LaunchTemplateLookup.NumberOf(template, highest) : long.MaxValue;
        return cloud.By(LaunchTemplateVersion.ByTemplate, template.Id)
            .Where(version => version.Number >= minimum && version.Number <= maximum).OrderByDescending(version => version.Number);
    }

    private IEnumerable<LaunchTemplateVersion> Named(LaunchTemplate template, IReadOnlyList<string> versions) =>
    [
        .. versions.Select(version => (Text: version, Number: LaunchTemplateLookup.NumberOf(template, version))).DistinctBy(version => version.Number)
            .OrderByDescending(version => version.Number)
            .Select(version => cloud.Find(LaunchTemplateVersion.Table, template.AccountId, LaunchTemplateVersion.IdOf(template.Id, version.Number))
                ?? throw LaunchTemplateErrors.VersionNotFound(template, version.Text)),
    ];

    private static string? Text(bool? value) => value switch
    {
        null => null,
        true => "true",
        false => "false",
    };
}

using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using PrefixListId = Nines.Control.Services.Ec2.Query.PrefixListId;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;

namespace Nines.Control.Services.Ec2.PrefixLists;

/// <summary>What a client may ask of managed prefix lists.</summary>
internal sealed class PrefixListOperations(Cloud cloud, IIdSource ids) : IOperations
{
    private const string Ipv4 = "IPv4";
    private const string ResourceType = "prefix-list";
    private const int MaxNameLength = 255;
    private const int MaxEntriesOfRequest = 100;
    private const int MaxEntries = 1000;
    private const int MaxDescriptionLength = 255;

    private static readonly PageLimits s_pages = new(1, 100);

    /// <summary>The filters of DescribeManagedPrefixLists.</summary>
    internal static readonly FilterSet<PrefixList> Filters = new FilterSet<PrefixList>()
        .Add("owner-id", list => list.AccountId)
        .Add("prefix-list-id", list => list.Id)
        .Add("prefix-list-name", list => list.Name)
        .AddTags(list => list.Tags);

    /// <summary>The filters of DescribePrefixLists.</summary>
    internal static readonly FilterSet<PrefixList> Services = new FilterSet<PrefixList>()
        .Add("prefix-list-id", list => list.Id)
        .Add("prefix-list-name", list => list.Name);

    private static readonly PageLimits s_servicePages = new(5, 1000);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateManagedPrefixList, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteManagedPrefixList, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyManagedPrefixList, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.RestoreManagedPrefixListVersion, RestoreAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeManagedPrefixLists, DescribeAsync);
        table.On(Ec2Api.DescribePrefixLists, DescribeServicesAsync);
        table.On(Ec2Api.GetManagedPrefixListEntries, GetEntriesAsync);
        table.On(Ec2Api.GetManagedPrefixListAssociations, GetAssociationsAsync);
    }

    private async ValueTask<CreateManagedPrefixListResult> CreateAsync(CreateManagedPrefixListRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.AddressFamily != Ipv4)
        {
            throw input.AddressFamily == "IPv6"
                ? Ec2Errors.NoIpv6()
                : Ec2Errors.InvalidValue("addressFamily", input.AddressFamily, "Valid values are IPv4 and IPv6.");
        }

        var name = CheckName(input.PrefixListName!);
        var maxEntries = CheckMaxEntries(input.MaxEntries ?? 0);
        var entries = ParseEntries(input.Entries);
        var token = ClientToken.Parse(input.ClientToken);
        var tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType);
        var list = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var fingerprint = $"{name} {maxEntries} {string.Join(' ', entries)}";
                if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, token, fingerprint) is { } id)
                {
                    return transaction.Find(PrefixList.Table, call.AccountId, id)!;
                }

                var made = new PrefixList
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("pl"),
                    Name = name,
                    MaxEntries = maxEntries,
                    Entries = entries,
                    ClientToken = token,
                    Tags = tags,
                };
                CheckCount(made);
                call.AnswerDryRun();
                transaction.Insert(PrefixList.Table, made);
                ClientToken.Remember(transaction, call.AccountId, ResourceType, token, fingerprint, made.Id);
                return made;
            },
            cancellationToken);
        return new CreateManagedPrefixListResult { PrefixList = Describe(list, call.Region) with { State = "create-in-progress" } };
    }

    private async ValueTask<DeleteManagedPrefixListResult> DeleteAsync(DeleteManagedPrefixListRequest input, Call call, CancellationToken cancellationToken)
    {
        var list = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var list = Require(transaction, call.AccountId, input.PrefixListId);
                if (transaction.By(SecurityGroup.ByPrefixList, list.Id).Count > 0)
                {
                    throw PrefixListErrors.InUse(list.Id);
                }

                call.AnswerDryRun();
                ClientToken.Forget(transaction, call.AccountId, ResourceType, list.ClientToken);
                transaction.Delete(PrefixList.Table, list);
                return list;
            },
            cancellationToken);
        return new DeleteManagedPrefixListResult { PrefixList = Describe(list, call.Region) with { State = "delete-in-progress" } };
    }

    private async ValueTask<ModifyManagedPrefixListResult> ModifyAsync(ModifyManagedPrefixListRequest input, Call call, CancellationToken cancellationToken)
    {
        var added = ParseEntries(input.AddEntries);
        ImmutableArray<string> removed = [.. (input.RemoveEntries ?? []).Select(entry => VpcCidrRules.ParseBlock(entry.Cidr, "cidr").ToString())];
        var changesEntries = !added.IsEmpty || !removed.IsEmpty;
        if (changesEntries && input.CurrentVersion is null)
        {
            throw Ec2Errors.MissingParameter("currentVersion");
        }

        if (changesEntries && input.MaxEntries is not null)
        {
            throw Ec2Errors.InvalidParameterCombination("The size of a prefix list cannot be modified together with its entries.");
        }

        var list = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var present = Require(transaction, call.AccountId, input.PrefixListId);
                if (input.CurrentVersion is { } version && version != present.Version)
                {
                    throw PrefixListErrors.WrongVersion(present.Id);
                }

                var next = present with
                {
                    Name = input.PrefixListName is { } name ? CheckName(name) : present.Name,
                    MaxEntries = input.MaxEntries is { } most ? CheckMaxEntries(most) : present.MaxEntries,
                    State = "modify-complete",
                };
                next = changesEntries ? next.With(Change(present, added, removed)) : next;
                CheckCount(next);
                call.AnswerDryRun();
                transaction.Put(PrefixList.Table, next);
                return next;
            },
            cancellationToken);
        return new ModifyManagedPrefixListResult { PrefixList = Describe(list, call.Region) with { State = "modify-in-progress" } };
    }

    /// <summary>An earlier version comes back as a new one.</summary>
    private async ValueTask<RestoreManagedPrefixListVersionResult> RestoreAsync(RestoreManagedPrefixListVersionRequest input, Call call, CancellationToken cancellationToken)
    {
        var previous = input.PreviousVersion ?? throw Ec2Errors.MissingParameter("previousVersion");
        var current = input.CurrentVersion ?? throw Ec2Errors.MissingParameter("currentVersion");
        var list = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var present = Require(transaction, call.AccountId, input.PrefixListId);
                if (current != present.Version)
                {
                    throw PrefixListErrors.WrongVersion(present.Id);
                }

                var entries = previous == present.Version ? null : present.EntriesOf(previous);
                var next = present.With(entries ?? throw PrefixListErrors.NoVersion(present, previous)) with { State = "restore-complete" };
                CheckCount(next);
                call.AnswerDryRun();
                transaction.Put(PrefixList.Table, next);
                return next;
            },
            cancellationToken);
        return new RestoreManagedPrefixListVersionResult { PrefixList = Describe(list, call.Region) with { State = "restore-in-progress" } };
    }

    /// <summary>The lists of AWS's own services, which are reached by endpoints: here there are none.</summary>
    private ValueTask<DescribePrefixListsResult> DescribeServicesAsync(DescribePrefixListsRequest input, Call call, CancellationToken cancellationToken)
    {
        Services.Compile(input.Filters);
        PageRequest.Parse(s_servicePages, input.MaxResults, input.NextToken, new PageScope("DescribePrefixLists", call.AccountId, input.Filters));
        var named = ResourceId.ParseAll<PrefixListId>(input.PrefixListIds);
        return named.Count == 0
            ? new(new DescribePrefixListsResult { PrefixLists = [] })
            : throw Ec2Errors.NotFound(ResourceKind.PrefixList, [.. named.Select(id => id.Value)]);
    }

    private ValueTask<DescribeManagedPrefixListsResult> DescribeAsync(DescribeManagedPrefixListsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeManagedPrefixLists", call.AccountId, input.Filters));
        var lists = Lookup.Select<PrefixList, PrefixListId>(cloud, PrefixList.Table, call.AccountId, input.PrefixListIds, page.AfterKey);
        var (items, next) = page.Take(lists.Where(matches), list => list.Id);
        return new(new DescribeManagedPrefixListsResult { PrefixLists = [.. items.Select(list => Describe(list, call.Region))], NextToken = next });
    }

    private ValueTask<GetManagedPrefixListEntriesResult> GetEntriesAsync(GetManagedPrefixListEntriesRequest input, Call call, CancellationToken cancellationToken)
    {
        var list = Lookup.Select<PrefixList, PrefixListId>(cloud, PrefixList.Table, call.AccountId, [input.PrefixListId!]).Single();
        var version = input.TargetVersion ?? list.Version;
        var entries = list.EntriesOf(version) ?? throw PrefixListErrors.NoVersion(list, version);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("GetManagedPrefixListEntries", call.AccountId, null, list.Id, $"{version}"));
        var (items, next) = page.Take(entries.OrderBy(entry => entry.CidrBlock, StringComparer.Ordinal), entry => entry.CidrBlock);
        return new(new GetManagedPrefixListEntriesResult
        {
            Entries = [.. items.Select(entry => new Api.Ec2.PrefixListEntry { Cidr = entry.CidrBlock, Description = entry.Description })],
            NextToken = next,
        });
    }

    private ValueTask<GetManagedPrefixListAssociationsResult> GetAssociationsAsync(
        GetManagedPrefixListAssociationsRequest input, Call call, CancellationToken cancellationToken)
    {
        var list = Lookup.Select<PrefixList, PrefixListId>(cloud, PrefixList.Table, call.AccountId, [input.PrefixListId!]).Single();
        var page = PageRequest.Parse(new PageLimits(5, 255), input.MaxResults, input.NextToken, new PageScope("GetManagedPrefixListAssociations", call.AccountId, null, list.Id));
        var (items, next) = page.Take(cloud.By(SecurityGroup.ByPrefixList, list.Id).OrderBy(group => group.Id, StringComparer.Ordinal), group => group.Id);
        return new(new GetManagedPrefixListAssociationsResult
        {
            PrefixListAssociations = [.. items.Select(group => new PrefixListAssociation { ResourceId = group.Id, ResourceOwner = group.AccountId })],
            NextToken = next,
        });
    }

    private static PrefixList Require(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(PrefixList.Table, accountId, ResourceId.Parse<PrefixListId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.PrefixList, id!);

    /// <summary>Entries without those that go and with those that come; one that is there already gets its new description.</summary>
    private static ImmutableArray<PrefixListEntry> Change(PrefixList list, ImmutableArray<PrefixListEntry> added, ImmutableArray<string> removed)
    {
        if (removed.FirstOrDefault(block => list.Entries.All(entry => entry.CidrBlock != block)) is { } missing)
        {
            throw Ec2Errors.InvalidParameterValue($"The prefix list {list.Id} has no entry {missing}.");
        }

        return [.. list.Entries.Where(entry => !removed.Contains(entry.CidrBlock) && added.All(other => other.CidrBlock != entry.CidrBlock)), .. added];
    }

    private static ImmutableArray<PrefixListEntry> ParseEntries(IReadOnlyList<AddPrefixListEntry>? entries)
    {
        if (entries?.Count > MaxEntriesOfRequest)
        {
            throw Ec2Errors.InvalidParameterValue($"The maximum number of entries in one request is {MaxEntriesOfRequest}.");
        }

        if (entries?.FirstOrDefault(entry => entry.Description?.Length > MaxDescriptionLength) is { } wordy)
        {
            throw Ec2Errors.InvalidValue("description", wordy.Description!, $"It must have up to {MaxDescriptionLength} characters.");
        }

        ImmutableArray<PrefixListEntry> parsed = [.. (entries ?? []).Select(entry => new PrefixListEntry(VpcCidrRules.ParseBlock(entry.Cidr, "cidr").ToString(), entry.Description))];
        return parsed.DistinctBy(entry => entry.CidrBlock).Count() == parsed.Length
            ? parsed
            : throw Ec2Errors.InvalidParameterValue("The same CIDR must not appear multiple times in a prefix list.");
    }

    private static void CheckCount(PrefixList list)
    {
        if (list.Entries.Length > list.MaxEntries)
        {
            throw PrefixListErrors.TooManyEntries(list.Id);
        }
    }

    private static int CheckMaxEntries(int count) => count is >= 1 and <= MaxEntries
        ? count
        : throw Ec2Errors.InvalidValue("maxEntries", $"{count}", $"It must be between 1 and {MaxEntries}.");

    private static string CheckName(string name) => name.Length is > 0 and <= MaxNameLength && !name.StartsWith("com.amazonaws", StringComparison.Ordinal)
        ? name
        : throw Ec2Errors.InvalidValue("prefixListName", name, "It must have up to 255 characters and must not begin with com.amazonaws.");

    private static ManagedPrefixList Describe(PrefixList list, string region) => new()
    {
        PrefixListId = list.Id,
        PrefixListName = list.Name,
        PrefixListArn = $"arn:aws:ec2:{region}:{list.AccountId}:prefix-list/{list.Id}",
        AddressFamily = Ipv4,
        MaxEntries = list.MaxEntries,
        Version = list.Version,
        State = list.State,
        OwnerId = list.AccountId,
        Tags = list.Tags.ToApi(),
    };
}

using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Tags;

/// <summary>A kind of resource that can be tagged, and how its tags are reached. Each slice's kind is declared once, in <see cref="TaggableResources"/>.</summary>
internal abstract class TaggableResource(ResourceKind kind)
{
    /// <summary>The kind.</summary>
    public ResourceKind Kind { get; } = kind;

    /// <summary>A kind whose records carry their tags.</summary>
    public static TaggableResource Of<T>(ResourceKind kind, TableDefinition<T> table)
        where T : class, ITaggable<T> => new RecordTags<T>(kind, table);

    /// <summary>Changes a resource's tags; false when the account has none of that id.</summary>
    public abstract bool TryChange(
        CloudTransaction transaction, string accountId, string id, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change);

    /// <summary>The account's resources with their tags, ordered by id.</summary>
    public abstract IEnumerable<(string Id, ImmutableSortedDictionary<string, string> Tags)> List(Cloud cloud, string accountId);

    private sealed class RecordTags<T>(ResourceKind kind, TableDefinition<T> table) : TaggableResource(kind)
        where T : class, ITaggable<T>
    {
        public override bool TryChange(
            CloudTransaction transaction, string accountId, string id, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
        {
            if (transaction.Find(table, accountId, id) is not { } record)
            {
                return false;
            }

            // A record that would stay as it is is not written: what waits for its changes need not wake.
            var changed = change(record.Tags);
            if (!changed.SequenceEqual(record.Tags))
            {
                transaction.Put(table, record.WithTags(changed));
            }

            return true;
        }

        /// <summary>A table may hold resources of several kinds.</summary>
        public override IEnumerable<(string Id, ImmutableSortedDictionary<string, string> Tags)> List(Cloud cloud, string accountId) =>
            cloud.List(table, accountId).Where(record => record.Id.StartsWith(Kind.Prefix, StringComparison.Ordinal)).Select(record => (record.Id, record.Tags));
    }
}

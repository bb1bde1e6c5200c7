using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Query;

/// <summary>Finds what a Describe request names.</summary>
internal static class Lookup
{
    /// <summary>The resources that the request names, or all of the account when it names none; ordered by id.</summary>
    /// <param name="cloud">Where they are.</param>
    /// <param name="table">Their table.</param>
    /// <param name="accountId">Whose they are.</param>
    /// <param name="ids">The request's ids.</param>
    /// <param name="afterKey">The id after which the page begins.</param>
    /// <exception cref="Nines.Wire.AwsException">The kind's "malformed" error for the first wrong id, or its "not found" error for all that nothing has.</exception>
    public static IEnumerable<T> Select<T, TId>(Cloud cloud, TableDefinition<T> table, string accountId, IReadOnlyList<string>? ids, string? afterKey = null)
        where T : class, IResource
        where TId : struct, IResourceId<TId>
    {
        if (ids is null or [])
        {
            return cloud.List(table, accountId, afterKey);
        }

        var found = new List<T>();
        var missing = new List<string>();
        foreach (var id in ResourceId.ParseAll<TId>(ids))
        {
            if (cloud.Find(table, accountId, id.Value) is { } resource)
            {
                found.Add(resource);
            }
            else
            {
                missing.Add(id.Value);
            }
        }

        return missing.Count == 0 ? found.OrderBy(resource => resource.Id, StringComparer.Ordinal) : throw Ec2Errors.NotFound(TId.Kind, missing);
    }
}

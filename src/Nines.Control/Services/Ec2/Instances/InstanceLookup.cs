using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Finds the instances that a request names, or says in EC2's words which there are not.</summary>
internal static class InstanceLookup
{
    /// <summary>The ids of a request that must name at least one.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>MissingParameter</c>, <c>InvalidInstanceID.Malformed</c>.</exception>
    public static IReadOnlyList<InstanceId> ParseRequired(IReadOnlyList<string>? ids) =>
        ids is null or [] ? throw Ec2Errors.MissingParameter("InstanceId") : ResourceId.ParseAll<InstanceId>(ids);

    /// <summary>The instances of those ids in their order; that they are as found becomes a condition.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidInstanceID.NotFound</c>, which names all that are missing.</exception>
    public static IReadOnlyList<Instance> FindAll(CloudTransaction transaction, string accountId, IReadOnlyList<InstanceId> ids) =>
        All(ids, id => transaction.Find(Instance.Table, accountId, id.Value));

    /// <inheritdoc cref="FindAll(CloudTransaction, string, IReadOnlyList{InstanceId})"/>
    public static IReadOnlyList<Instance> FindAll(Cloud cloud, string accountId, IReadOnlyList<InstanceId> ids) =>
        All(ids, id => cloud.Find(Instance.Table, accountId, id.Value));

    private static List<Instance> All(IReadOnlyList<InstanceId> ids, Func<InstanceId, Instance?> find)
    {
        var found = new List<Instance>(ids.Count);
        var missing = new List<string>();
        foreach (var id in ids)
        {
            if (find(id) is { } instance)
            {
                found.Add(instance);
            }
            else
            {
                missing.Add(id.Value);
            }
        }

        return missing.Count == 0 ? found : throw Ec2Errors.NotFound(ResourceKind.Instance, missing);
    }
}

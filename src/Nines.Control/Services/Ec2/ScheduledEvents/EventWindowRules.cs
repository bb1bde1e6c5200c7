using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>Which event window is for which instance.</summary>
internal static class EventWindowRules
{
    private const int MaximumInstances = 100;
    private const int MaximumOthers = 50;

    /// <summary>When an event of an instance begins that is wanted at a time: at the next moment of its window, where it has one.</summary>
    public static DateTimeOffset NextFor(CloudTransaction transaction, Instance instance, DateTimeOffset wanted) =>
        transaction.List(EventWindow.Table, instance.AccountId).Where(window => IsFor(window, instance) && (window.CronExpression is not null || !window.Ranges.IsEmpty))
            .Select(window => (DateTimeOffset?)EventWindowHours.Next(window.Ranges, window.CronExpression, wanted)).Min() ?? wanted;

    /// <summary>The targets that a request names: of one kind, as a window's are.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers.</exception>
    public static EventWindow Parse(EventWindow window, IReadOnlyList<string>? instanceIds, IReadOnlyList<Tag>? tags, IReadOnlyList<string>? hostIds)
    {
        var named = window with
        {
            InstanceIds = [.. ResourceId.ParseAll<InstanceId>(instanceIds).Select(id => id.Value)],
            InstanceTags = TagRules.Parse(tags ?? []),
            DedicatedHostIds = [.. ResourceId.ParseAll<DedicatedHostId>(hostIds).Select(id => id.Value)],
        };
        CheckKinds(named);
        return HasTargets(named) ? named : throw Ec2Errors.MissingParameter("AssociationTarget");
    }

    /// <summary>A window with more targets.</summary>
    /// <exception cref="Nines.Wire.AwsException">A target does not exist, is another window's, or there are too many.</exception>
    public static EventWindow Associate(CloudTransaction transaction, EventWindow window, EventWindow named)
    {
        foreach (var id in named.InstanceIds)
        {
            _ = transaction.Find(Instance.Table, window.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.Instance, id);
        }

        foreach (var id in named.DedicatedHostIds)
        {
            _ = transaction.Find(DedicatedHost.Table, window.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.DedicatedHost, id);
        }

        foreach (var other in transaction.List(EventWindow.Table, window.AccountId).Where(other => other.Id != window.Id))
        {
            if (Shares(other, named))
            {
                throw Ec2Errors.InvalidParameterValue($"A target of the request is associated with the event window '{other.Id}'.");
            }
        }

        var next = window with
        {
            InstanceIds = window.InstanceIds.Union(named.InstanceIds),
            InstanceTags = window.InstanceTags.SetItems(named.InstanceTags),
            DedicatedHostIds = window.DedicatedHostIds.Union(named.DedicatedHostIds),
        };
        CheckKinds(next);
        return next.InstanceIds.Count <= MaximumInstances && next.InstanceTags.Count <= MaximumOthers && next.DedicatedHostIds.Count <= MaximumOthers
            ? next
            : throw Ec2Errors.InvalidParameterValue($"An event window may have up to {MaximumInstances} instances, or {MaximumOthers} tags or Dedicated Hosts.");
    }

    /// <summary>A window with fewer targets.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>: a target is not the window's.</exception>
    public static EventWindow Disassociate(EventWindow window, EventWindow named)
    {
        if (!window.InstanceIds.IsSupersetOf(named.InstanceIds) || !window.DedicatedHostIds.IsSupersetOf(named.DedicatedHostIds) || !named.InstanceTags.All(tag => window.InstanceTags.Contains(tag)))
        {
            throw Ec2Errors.InvalidParameterValue($"A target of the request is not associated with the event window '{window.Id}'.");
        }

        return window with
        {
            InstanceIds = window.InstanceIds.Except(named.InstanceIds),
            InstanceTags = window.InstanceTags.RemoveRange(named.InstanceTags.Keys),
            DedicatedHostIds = window.DedicatedHostIds.Except(named.DedicatedHostIds),
        };
    }

    /// <summary>Whether it is for anything.</summary>
    public static bool HasTargets(EventWindow window) => window.InstanceIds.Count + window.InstanceTags.Count + window.DedicatedHostIds.Count > 0;

    private static bool IsFor(EventWindow window, Instance instance) =>
        window.InstanceIds.Contains(instance.Id)
        || (instance.DedicatedHostId is { } host && window.DedicatedHostIds.Contains(host))
        || window.InstanceTags.Any(tag => instance.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value);

    private static bool Shares(EventWindow one, EventWindow other) =>
        one.InstanceIds.Overlaps(other.InstanceIds) || one.DedicatedHostIds.Overlaps(other.DedicatedHostIds) || other.InstanceTags.Any(tag => one.InstanceTags.Contains(tag));

    private static void CheckKinds(EventWindow window)
    {
        int[] kinds = [window.InstanceIds.Count, window.InstanceTags.Count, window.DedicatedHostIds.Count];
        if (kinds.Count(count => count > 0) > 1)
        {
            throw Ec2Errors.InvalidParameterCombination("An event window is for instances, for tags or for Dedicated Hosts, not for several of these.");
        }
    }
}

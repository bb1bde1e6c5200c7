using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Nines.Api.Ec2;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Sharing;

/// <summary>With whom else a snapshot or an image is to be shared, and with whom no more.</summary>
internal sealed partial class ShareChange
{
    /// <summary>The one group that there is.</summary>
    public const string Everybody = "all";

    private readonly IReadOnlyList<ShareTarget> _added;
    private readonly IReadOnlyList<ShareTarget> _removed;

    private ShareChange(IReadOnlyList<ShareTarget> added, IReadOnlyList<ShareTarget> removed) => (_added, _removed) = (added, removed);

    /// <summary>Whether somebody is to have it who may not have had it.</summary>
    public bool IsForOthers => _added.Count > 0;

    /// <summary>Whether everybody is to have it.</summary>
    public bool IsForAll => _added.Any(IsEverybody);

    /// <summary>Reads a request in its one form, lists of who comes and who goes, or in the older one, a list and what is to happen with it.</summary>
    /// <param name="added">The newer form's list of who comes.</param>
    /// <param name="removed">The newer form's list of who goes.</param>
    /// <param name="users">The older form's accounts.</param>
    /// <param name="groups">The older form's groups.</param>
    /// <param name="operation">The older form's <c>add</c> or <c>remove</c>.</param>
    /// <param name="needed">What one of must be there, for the message.</param>
    /// <param name="invalid">The error for a value of a kind (<c>group</c>, <c>userId</c>).</param>
    /// <exception cref="AwsException"><c>MissingParameter</c>, <c>InvalidParameterValue</c>, or what <paramref name="invalid"/> makes.</exception>
    public static ShareChange Parse(
        IEnumerable<ShareTarget>? added,
        IEnumerable<ShareTarget>? removed,
        IEnumerable<string>? users,
        IEnumerable<string>? groups,
        string? operation,
        string needed,
        Func<string, string, AwsException> invalid)
    {
        var change = new ShareChange([.. added ?? []], [.. removed ?? []]);
        if (change._added.Count + change._removed.Count == 0)
        {
            ShareTarget[] named = [.. (users ?? []).Select(user => new ShareTarget(user, null)), .. (groups ?? []).Select(group => new ShareTarget(null, group))];
            change = (named.Length, operation) switch
            {
                (0, _) => throw Ec2Errors.MissingParameter(needed),
                (_, OperationType.Add) => new ShareChange(named, []),
                (_, OperationType.Remove) => new ShareChange([], named),
                (_, null) => throw Ec2Errors.MissingParameter("operationType"),
                _ => throw Ec2Errors.InvalidValue("operationType", operation, "Valid values: add, remove."),
            };
        }

        foreach (var target in change._added.Concat(change._removed))
        {
            if (target.Group is { } group && group != Everybody)
            {
                throw invalid(group, "group");
            }

            if (target.UserId is { } user && !AccountId.IsMatch(user))
            {
                throw invalid(user, "userId");
            }
        }

        return change;
    }

    /// <summary>Whether everybody has it afterwards, and which accounts have.</summary>
    public (bool IsPublic, ImmutableSortedSet<string> SharedWith) Apply(bool isPublic, ImmutableSortedSet<string> sharedWith) => (
        (isPublic || IsForAll) && !_removed.Any(IsEverybody),
        sharedWith.Union(_added.Select(target => target.UserId).OfType<string>()).Except(_removed.Select(target => target.UserId).OfType<string>()));

    /// <summary>Who has it: everybody first, then accounts in order.</summary>
    public static IEnumerable<ShareTarget> Describe(bool isPublic, ImmutableSortedSet<string> sharedWith)
    {
        ShareTarget[] everybody = isPublic ? [new ShareTarget(null, Everybody)] : [];
        return [.. everybody, .. sharedWith.Select(user => new ShareTarget(user, null))];
    }

    private static bool IsEverybody(ShareTarget target) => target.Group is not null;

    [GeneratedRegex(@"^\d{12}\z")]
    private static partial Regex AccountId { get; }
}

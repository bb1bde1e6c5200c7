namespace Nines.Control.Admin;

/// <summary>What the operator will do to an instance.</summary>
/// <param name="InstanceId">The instance, <c>i-…</c>.</param>
/// <param name="Event">AWS's code of the event, such as <c>instance-reboot</c>.</param>
/// <param name="NotBefore">When; <see langword="null"/>: in a day.</param>
/// <param name="NotAfter">When it is over at the latest, or <see langword="null"/>.</param>
/// <param name="Deadline">Until when the instance's owner may put it off; <see langword="null"/>: for a week.</param>
/// <param name="Description">What the owner reads; <see langword="null"/> for the usual words.</param>
internal sealed record MaintenanceRequest(
    string? InstanceId, string? Event, DateTimeOffset? NotBefore = null, DateTimeOffset? NotAfter = null, DateTimeOffset? Deadline = null, string? Description = null);

namespace Nines.Control.Services.Ec2.Sharing;

/// <summary>One account, or everybody (group <c>all</c>).</summary>
/// <param name="UserId">The account.</param>
/// <param name="Group">The group.</param>
internal sealed record ShareTarget(string? UserId, string? Group);

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>That an instance got its profile after its launch.</summary>
/// <param name="Id">The association, <c>iip-assoc-…</c>.</param>
/// <param name="Since">When.</param>
internal sealed record InstanceProfileAssociation(string Id, DateTimeOffset Since);

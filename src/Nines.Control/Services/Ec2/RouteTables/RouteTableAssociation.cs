namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>That a route table serves a subnet, or, as the main table, all subnets that have none of their own.</summary>
/// <param name="Id">The association, <c>rtbassoc-…</c>.</param>
/// <param name="SubnetId">The subnet; <see langword="null"/> for the main table.</param>
internal sealed record RouteTableAssociation(string Id, string? SubnetId);

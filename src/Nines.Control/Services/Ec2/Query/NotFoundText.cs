namespace Nines.Control.Services.Ec2.Query;

/// <summary>What EC2 says when one or several ids name nothing; {0} is filled in.</summary>
internal sealed record NotFoundText(string One, string Several);

namespace Nines.Host.Api;

/// <summary>A public key that lets somebody into a machine for a short time (AWS: EC2 Instance Connect).</summary>
/// <param name="User">The guest's user as whom it lets in.</param>
/// <param name="PublicKey">The key in OpenSSH's one-line form.</param>
/// <param name="ExpiresAt">When it is over; nobody is told of it from then on.</param>
/// <param name="CallerArn">Who gave it.</param>
/// <param name="RequestId">The request by which it was given.</param>
public sealed record ActiveSshKey(string User, string PublicKey, DateTimeOffset ExpiresAt, string CallerArn, string RequestId);

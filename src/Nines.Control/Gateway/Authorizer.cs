namespace Nines.Control.Gateway;

/// <summary>
/// Whether a caller may do an action. Every operation passes here, so this is the one place where policies will be asked.
/// The root of an account, and its sessions, may do everything in their account and nothing elsewhere.
/// </summary>
internal static class Authorizer
{
    /// <param name="caller">Who calls.</param>
    /// <param name="action">What: <c>ec2:RunInstances</c>.</param>
    public static bool IsAllowed(Caller caller, string action) => caller.IsRoot && action.Length > 0;
}

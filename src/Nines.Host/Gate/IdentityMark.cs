namespace Nines.Host.Gate;

/// <summary>A place where a part of an identity lies.</summary>
/// <param name="Form">Which part: its index in <see cref="MachineIdentity.Forms"/>.</param>
/// <param name="Offset">Where, in bytes from the beginning.</param>
internal readonly record struct IdentityMark(int Form, long Offset);

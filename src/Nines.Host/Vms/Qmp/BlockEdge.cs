namespace Nines.Host.Vms.Qmp;

/// <summary>That one node has another.</summary>
/// <param name="Parent">Number of the one that has it.</param>
/// <param name="Child">Number of the other.</param>
/// <param name="Name">What the parent calls it, such as <c>children.0</c>.</param>
internal sealed record BlockEdge(long Parent, long Child, string Name);
